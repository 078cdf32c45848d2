import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'

/** Shows the forms that need an authenticator, asks it when they are sent, and sends its answer. */
function passkeyForms(root: ParentNode): void {
  if (!browserSupportsWebAuthn()) return
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
    const answer = form.querySelector<HTMLInputElement>('input[name="response"]')
    const trouble = form.querySelector('[role="alert"]')
    if (!answer || !trouble) continue
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      trouble.textContent = ''
      ask(form).then(
        (response) => {
          answer.value = JSON.stringify(response)
          form.submit()
        },
        () => {
          trouble.textContent = form.dataset['stopped'] ?? ''
        },
      )
    })
  }
}

async function ask({ dataset }: HTMLFormElement): Promise<unknown> {
  const options: unknown = JSON.parse(dataset['options'] ?? '{}')
  return dataset['passkey'] === 'add'
    ? await startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON })
    : await startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON })
}

passkeyForms(document)
