/** The sentences of one place, by key; `{name}` is filled in. */
export const bar = {
  'bar.text': 'Do not change your password here: it would be overwritten. Change it in your company’s portal.',
  'bar.textNamed':
    'Do not change your password here: it would be overwritten. Change it in the portal of {organisation}.',
  'bar.button': 'Change password in the portal',
  'bar.close': 'Close',
} as const
