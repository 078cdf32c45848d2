/** Every sentence of the extension, by key; `{name}` is filled in. Other languages follow this catalogue. */
export const en = {
  'bar.text': 'Do not change your password here: it would be overwritten. Change it in your company’s portal.',
  'bar.textNamed':
    'Do not change your password here: it would be overwritten. Change it in the portal of {organisation}.',
  'bar.button': 'Change password in the portal',
  'bar.close': 'Close',
} as const satisfies Record<string, string>

export type MessageKey = keyof typeof en
