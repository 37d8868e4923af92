import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Two servers must not share it: the development command gives each its own.
  cacheDir: process.env.VITE_CACHE_DIR ?? fileURLToPath(new URL("../node_modules/.vite", import.meta.url)),
  plugins: [react()],
  server: {
    host: "localhost",
    port: Number(process.env.WEB_PORT ?? 4302),
    strictPort: true,
    warmup: { clientFiles: ["./src/main.tsx"] },
  },
  // The styles use light-dark(), which these browsers have.
  build: { outDir: "../dist/web", emptyOutDir: true, cssTarget: ["chrome123", "firefox120", "safari17.5"] },
});
