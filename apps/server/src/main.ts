#!/usr/bin/env node
import { endOnSignalAsFirst } from './cli/first-process.js';
import { runCommandLine } from './cli/program.js';
import { processTerminal } from './cli/terminal.js';

endOnSignalAsFirst(process);
const code = await runCommandLine(process.argv.slice(2), processTerminal());
// A service that runs decides on its own end; what failed must not look like a success.
if (code !== 0) process.exitCode = code;
