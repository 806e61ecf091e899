// Builds the console into dist and runs its tests; in development /v1 goes to the fixture server.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const API = process.env.GATEPOST_API ?? 'http://127.0.0.1:4180'

export default defineConfig({
  plugins: [react()],
  // Styles and fonts stay files: the page's CSP allows no data: addresses.
  build: { outDir: 'dist', assetsInlineLimit: 0, target: 'es2023', modulePreload: { polyfill: false } },
  server: { host: '127.0.0.1', proxy: { '/v1': API } },
  preview: { host: '127.0.0.1', proxy: { '/v1': API } },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'node',
    isolate: false,
    // For what hangs, not for slow machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { inline: [/@mantine/] } },
  },
})
