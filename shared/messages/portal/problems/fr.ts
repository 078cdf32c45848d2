import type { ProblemsKey } from './en.ts'

export const problemsFr: Readonly<Record<ProblemsKey, string>> = {
  'portal.rule.length': 'Entre {least} et {most} caractères.',
  'portal.rule.characters':
    'Uniquement des lettres sans accent, des chiffres, des espaces et les signes d’un clavier américain.',
  'portal.rule.classes': 'Trois de ces types : minuscules, majuscules, chiffres, signes.',
  'portal.rule.name': 'Ne contient ni votre nom ni votre adresse.',
  'portal.rule.common': 'N’est pas formé de mots courants, de votre nom ou de celui de votre organisation.',
  'portal.rule.strength': 'Difficile à deviner.',
  'portal.rule.history': 'N’est pas l’un de vos derniers mots de passe.',
  'portal.password.tooLong': 'Utilisez un mot de passe de 256 caractères au plus.',
  'portal.rule.later': 'Vérifié à l’envoi.',
  'portal.rule.breached': 'N’a pas été divulgué ailleurs.',
  'portal.refused.byTenant':
    'Microsoft 365 a refusé ce mot de passe. Rien n’a été modifié. Choisissez un autre mot de passe.',
  'portal.refused.underWay':
    'Votre mot de passe est en cours de modification. Patientez quelques secondes, puis réessayez.',
  'portal.refused.busy': 'De nombreuses personnes se connectent en ce moment. Réessayez dans quelques secondes.',
  'portal.refused.seconds': 'Trop de tentatives. Réessayez dans {wait} s.',
  'portal.refused.minutes': 'Trop de tentatives. Réessayez dans {wait} min.',
  'portal.refused.many': 'Trop de tentatives. Déconnectez-vous et faites-vous plutôt envoyer un lien.',
  'portal.problem.not_found': 'Il n’y a rien à cette adresse',
  'portal.problem.not_found.detail': 'Vérifiez l’adresse ou repartez de la page d’accueil.',
  'portal.problem.forbidden': 'Vous n’êtes pas autorisé à faire cela',
  'portal.problem.forbidden.detail': 'Adressez-vous à votre support si vous en avez besoin.',
  'portal.problem.cross_site_request': 'La demande provenait d’un autre site',
  'portal.problem.cross_site_request.detail': 'Revenez en arrière, rechargez la page et renvoyez le formulaire.',
  'portal.problem.internal_error': 'Lockstep a commis une erreur',
  'portal.problem.internal_error.detail':
    'Réessayez dans quelques minutes. Si le problème persiste, prévenez votre support.',
  'portal.problem.sealed': 'Cette page n’est pas disponible pour le moment',
  'portal.problem.sealed.detail': 'Réessayez plus tard. Si le problème persiste, prévenez votre support.',
}
