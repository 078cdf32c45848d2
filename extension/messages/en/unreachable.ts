/** The sentences of one place, by key; `{name}` is filled in. */
export const unreachable = {
  'unreachable.title': 'The portal can’t be reached',
  'unreachable.what':
    'Your password for {organisation}, Microsoft 365 included, is changed in the portal. It does not answer at the moment.',
  'unreachable.company': 'your company',
  'unreachable.not': 'Please do not change it at Microsoft: it would be overwritten.',
  'unreachable.wait': 'You can leave this page open. It goes on by itself as soon as the portal answers.',
  'unreachable.ask': 'If it takes long, ask {contact}.',
  'unreachable.retry': 'Try again now',
  'unreachable.trying': 'Trying again…',
} as const
