// Builds the page into the Python package. Nothing is inlined, so that the strict content-security
// policy of the service holds; the map is a chunk of its own, which the first view does not load.
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [preact()],
  build: {
    outDir: "../src/protolabel/service/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8765" } },
});
