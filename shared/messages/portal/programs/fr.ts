import type { programsEn } from './en.ts'

export const programsFr: Readonly<Record<keyof typeof programsEn, string>> = {
  'portal.device.title': 'Connecter la ligne de commande',
  'portal.device.lead': 'Saisissez le code affiché par « lockstep login ».',
  'portal.device.code': 'Code de la ligne de commande',
  'portal.device.hint': 'Huit lettres, comme BCDF-GHJK. Il est valable dix minutes.',
  'portal.device.next': 'Continuer',
  'portal.device.wrong':
    'Ce code n’existe pas ou est trop ancien. Vérifiez les lettres ou relancez « lockstep login ».',
  'portal.device.ask': 'Laisser entrer la ligne de commande ?',
  'portal.device.asLead': 'Elle agira en votre nom ({email}), avec tous vos droits, pendant 12 heures au plus.',
  'portal.device.program': 'Programme',
  'portal.device.place': 'Depuis',
  'portal.device.time': 'Demandé',
  'portal.device.warning':
    'Répondez oui seulement si vous venez de la lancer vous-même. Votre support n’a jamais besoin que vous saisissiez un tel code.',
  'portal.device.yes': 'Oui, laisser entrer',
  'portal.device.no': 'Non, refuser',
  'portal.device.done': 'La ligne de commande est connectée',
  'portal.device.done.lead': 'Vous pouvez fermer cette page et y retourner.',
  'portal.device.refused': 'La ligne de commande n’est pas entrée',
  'portal.device.refused.lead':
    'Si vous ne l’avez pas lancée vous-même, dites à votre support que quelqu’un vous a demandé ce code.',
  'portal.device.security': 'Où je suis connecté',
  'portal.program.extension': 'Extension du navigateur',
  'portal.program.cli': 'Ligne de commande',
  'portal.event.login_program': 'L’extension ou la ligne de commande a été connectée en votre nom',
  'portal.event.password_link_show': 'Un administrateur vous a montré un lien pour choisir un mot de passe',
  'portal.event.login_end.failure': 'Une connexion copiée a été arrêtée',
}
