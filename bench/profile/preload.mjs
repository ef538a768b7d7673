// Loaded before a server (--import): the first SIGUSR2 begins a CPU profile, the second writes it to PROFILE_FILE.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

const SAMPLE_US = 100

let session
process.on('SIGUSR2', async () => {
  if (session === undefined) {
    session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US })
    await session.post('Profiler.start')
    return
  }
  const { profile } = await session.post('Profiler.stop')
  writeFileSync(process.env['PROFILE_FILE'], JSON.stringify(profile))
})
