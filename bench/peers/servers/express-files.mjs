import express from 'express'
import { listenOptions } from '../../servers/report-port.mjs'

const app = express()
app.use(express.static(process.argv[2]))
const { port, host } = listenOptions()
app.listen(port, host)
