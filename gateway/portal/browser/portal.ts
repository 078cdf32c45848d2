import { localTimes } from './local-times.ts'
import { passwordForms } from './password-form.ts'
import { revealButtons } from './reveal.ts'

/** What scripts add to pages that work without them. */
localTimes(document)
revealButtons(document)
passwordForms(document)
