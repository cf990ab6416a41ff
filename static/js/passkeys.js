// Asks the device for a passkey, and sends what it gives with the form. Without script, or without passkeys, what is
// marked `data-with-passkeys` stays hidden, and the other ways are there.
(() => {
  const device = window.webauthnJSON
  if (!device || !device.supported()) return
  document.querySelectorAll('[data-with-passkeys]').forEach((part) => { part.hidden = false })
  document.querySelectorAll('[data-without-passkeys]').forEach((part) => { part.hidden = true })

  const stored = () => JSON.parse(document.getElementById('passkey-options').textContent)
  const fetched = async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(answer.status)
    return (await answer.json()).request_options
  }
  const created = () => {
    const options = stored().creation_options
    Object.assign(options.publicKey.authenticatorSelection, { residentKey: 'preferred', requireResidentKey: false })
    return device.create(options)
  }
  const ways = {
    create: created,
    get: () => device.get(stored().request_options),
    fetch: async (form) => device.get(await fetched(form))
  }

  document.querySelectorAll('form[data-passkey]').forEach((form) => {
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const problem = document.querySelector('[data-passkey-problem]')
      problem.hidden = true
      try {
        const credential = await ways[form.dataset.passkey](form)
        form.elements.credential.value = JSON.stringify(credential)
        form.submit()
      } catch (error) {
        problem.hidden = false
      }
    })
  })
})()
