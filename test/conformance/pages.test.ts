import { registerCases } from './register-cases.ts'
import { runCase } from './run-case.ts'

await registerCases({ file: 'pages', run: (one) => runCase(one, { statusOnlyForErrors: false }) })
