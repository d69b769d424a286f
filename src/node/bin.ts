#!/usr/bin/env node
/**
 * The executable: `dist/cli.js`.
 */
import { main } from './cli.ts';

// The application may have left timers and pools behind; when the server has stopped, so does the process.
process.exit(await main(process.argv.slice(2)));
