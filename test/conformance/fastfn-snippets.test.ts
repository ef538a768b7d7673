import { registerCases } from './register-cases.ts'
import { runCase } from './run-case.ts'

/** Every construct that the JavaScript snippets and the trees of FastFN's routing page show. */
await registerCases({ file: 'fastfn-snippets', run: (one) => runCase(one, { statusOnlyForErrors: true }) })
