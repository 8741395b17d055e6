// Files that a person drops or chooses, with the folders that they lie in. It reads no content.

export interface DroppedFile {
  file: File;
  /** Folders from the outermost to the innermost, without the file's name. */
  folders: string[];
  /** The folder that names its class: the first below the one that was chosen or dropped, or one of several; empty where there is none. */
  classFolder: string;
}

/** What file managers, editors and network drives leave in folders, as the readers of the library have it. */
const LITTER = [
  "thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "lost+found", "@eadir", "$recycle.bin",
  "icon\r", "~$*", "*~", "*.tmp", "*.swp", "*.swo", "*.crdownload", "*.part",
];

function isLitter(name: string): boolean {
  const lower = name.toLowerCase();
  return LITTER.some((one) => one.startsWith("*") ? lower.endsWith(one.slice(1))
    : one.endsWith("*") ? lower.startsWith(one.slice(0, -1)) : lower === one);
}

const isWanted = (name: string): boolean => !name.startsWith(".") && !isLitter(name);

/** The files of an <input type=file>, folders from webkitdirectory included. */
export function chosenFiles(list: FileList): DroppedFile[] {
  return Array.from(list)
    .filter((file) => (file.webkitRelativePath || file.name).split("/").every(isWanted))
    .map((file) => inFolders(file, file.webkitRelativePath.split("/").slice(0, -1), 1));
}

/** The files of a drop, folders read to the bottom. Entries must be taken before the event ends. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = Array.from(transfer.items)
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null)
    .filter((entry) => isWanted(entry.name));
  const loose = Array.from(transfer.files);
  const files: DroppedFile[] = [];
  const depth = entries.filter((entry) => entry.isDirectory).length === 1 ? 1 : 0;
  for (const entry of entries) await walk(entry, [], depth, files);
  return entries.length ? files : loose.filter((file) => isWanted(file.name)).map((file) => inFolders(file, [], 0));
}

/** ``depth``: which of its folders names its class. */
const inFolders = (file: File, folders: string[], depth: number): DroppedFile =>
  ({ file, folders, classFolder: folders[depth] ?? "" });

async function walk(entry: FileSystemEntry, folders: string[], depth: number, files: DroppedFile[]): Promise<void> {
  if (!isWanted(entry.name)) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject));
    files.push(inFolders(file, folders, depth));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) return; // a browser hands over a hundred entries at a time
    for (const one of part) await walk(one, [...folders, entry.name], depth, files);
  }
}
