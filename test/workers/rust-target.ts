import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One target folder for all tests: serde_json and the worker are compiled once. */
export const rustHostEnv = {
  ...process.env,
  CARGO_TARGET_DIR: process.env['CARGO_TARGET_DIR'] ?? join(tmpdir(), 'treeway-rust-target')
}
