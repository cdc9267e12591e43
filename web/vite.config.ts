import { defineConfig } from "vite";

// One entry; an island's code is fetched only by a page that has the island.
export default defineConfig({
  base: "/assets/",
  publicDir: false,
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: (file: string) => (file.endsWith(".woff2") ? false : undefined),
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: "main.ts" },
  },
});
