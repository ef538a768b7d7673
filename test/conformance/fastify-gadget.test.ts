import { registerCases } from './register-cases.ts'
import { runCase } from './run-case.ts'

await registerCases({
  file: 'fastify-gadget',
  run: (one) => runCase(one, { statusOnlyForErrors: false }),
  elsewhere: { isMatch: (one) => one.script !== undefined, test: 'test/compat/cases.test.ts' }
})
