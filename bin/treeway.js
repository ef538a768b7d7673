#!/usr/bin/env node
import module from 'node:module'
// Node 22.1 and later keep what they compiled: a tenth of a start.
module.enableCompileCache?.()
const { runCli } = await import('../dist/cli/run-cli.js')
process.exitCode = await runCli(process.argv.slice(2))
// Timers and connections that handlers leave open must not keep a stopped server.
setTimeout(() => process.exit(), 500).unref()
