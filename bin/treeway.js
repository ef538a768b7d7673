#!/usr/bin/env node
import { runCli } from '../dist/cli/run-cli.js'
process.exitCode = await runCli(process.argv.slice(2))
// Timers and connections that handlers leave open must not keep a stopped server.
setTimeout(() => process.exit(), 500).unref()
