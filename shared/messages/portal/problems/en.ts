/** The rules of a password, why one was refused, and the pages of errors. */
export const problemsEn = {
  'portal.rule.length': 'Between {least} and {most} characters.',
  'portal.rule.characters': 'Only letters without accents, digits, spaces and the signs of a US keyboard.',
  'portal.rule.classes': 'Three of these: small letters, capital letters, digits, signs.',
  'portal.rule.name': 'Does not contain your name or address.',
  'portal.rule.common': 'Not built from common words, your name or your organisation.',
  'portal.rule.history': 'Not one of your last passwords.',
  'portal.rule.later': 'Checked when you send it.',
  'portal.rule.breached': 'Not a password that has leaked elsewhere.',
  'portal.refused.byTenant': 'Microsoft 365 refused this password. Nothing was changed. Choose another password.',
  'portal.refused.underWay': 'Your password is being changed at this moment. Wait a few seconds and try again.',
  'portal.refused.busy': 'Many people sign in at the moment. Try again in a few seconds.',
  'portal.refused.seconds': 'Too many attempts. Wait {wait} seconds and try again.',
  'portal.refused.minutes': 'Too many attempts. Wait {wait} minutes and try again.',
  'portal.refused.many': 'Too many attempts. Sign out, and have a link sent to you instead.',
  'portal.problem.not_found': 'There is nothing at this address',
  'portal.problem.not_found.detail': 'Check the address, or go on from the start page.',
  'portal.problem.forbidden': 'You may not do this',
  'portal.problem.forbidden.detail': 'Ask your help desk if you need it.',
  'portal.problem.cross_site_request': 'The request came from another site',
  'portal.problem.cross_site_request.detail': 'Go back, reload the page and send the form again.',
  'portal.problem.internal_error': 'Lockstep made a mistake',
  'portal.problem.internal_error.detail': 'Try again in a few minutes. If it stays, tell your help desk.',
  'portal.problem.sealed': 'This page is not available at the moment',
  'portal.problem.sealed.detail': 'Try again later. If it stays, tell your help desk.',
} as const

export type ProblemsKey = keyof typeof problemsEn
