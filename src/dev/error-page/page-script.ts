import { CHANGES_PATH } from '../change-stream.ts'

/**
 * Loads the page anew when the server runs other code than the page is of. Asks while the page can be seen only: a
 * browser has no more than six connections to a server for all of its tabs.
 */
export const pageScript = `
(() => {
  const { version, repeatable } = document.body.dataset
  let source
  function renew() {
    if (repeatable === 'true') return location.reload()
    source.close()
    document.getElementById('state').textContent = 'The files have changed. Send the form again.'
  }
  function listen() {
    if (source) source.close()
    if (document.hidden) return
    source = new EventSource('${CHANGES_PATH}')
    source.onmessage = (event) => { if (event.data !== version) renew() }
  }
  document.addEventListener('visibilitychange', listen)
  addEventListener('pageshow', listen)
  addEventListener('pagehide', () => source && source.close())
})()
`
