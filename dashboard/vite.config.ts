import { defineConfig } from 'vite';

/** Built once into static files that the gateway serves; no inline script or style, so that a strict CSP holds. */
// biome-ignore lint/style/noDefaultExport: Vite reads the default export
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined assets would be data: URLs, which the policy allows for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
});
