import { registerCases } from './register-cases.ts'
import { runCase } from './run-case.ts'

// FastFN's error bodies are its own: of an error only the status counts.
await registerCases({ file: 'fastfn', run: (one) => runCase(one, { statusOnlyForErrors: true }) })
