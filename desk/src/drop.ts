// Files that a person drops or chooses, with the folders that they lie in. It reads no content.

export interface DroppedFile {
  file: File;
  /** Folders from the outermost to the innermost, without the file's name. */
  folders: string[];
}

const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);
const MOST_FILES = 5000;

const wanted = (name: string): boolean => !name.startsWith(".") && !LITTER.has(name);

/** The files of an <input type=file>, folders from webkitdirectory included. */
export function chosenFiles(list: FileList): DroppedFile[] {
  return Array.from(list)
    .filter((file) => wanted(file.name))
    .slice(0, MOST_FILES)
    .map((file) => ({ file, folders: file.webkitRelativePath.split("/").slice(0, -1) }));
}

/** The files of a drop, folders read to the bottom. Entries must be taken before the event ends. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = Array.from(transfer.items)
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const loose = Array.from(transfer.files);
  const files: DroppedFile[] = [];
  for (const entry of entries) await walk(entry, [], files);
  return entries.length ? files : loose.map((file) => ({ file, folders: [] }));
}

async function walk(entry: FileSystemEntry, folders: string[], files: DroppedFile[]): Promise<void> {
  if (!wanted(entry.name) || files.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject));
    files.push({ file, folders });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) return; // a browser hands over a hundred entries at a time
    for (const one of part) await walk(one, [...folders, entry.name], files);
  }
}
