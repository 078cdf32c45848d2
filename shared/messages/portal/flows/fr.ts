import type { FlowsKey } from './en.ts'

export const flowsFr: Readonly<Record<FlowsKey, string>> = {
  'portal.signIn.forgot': 'Mot de passe oublié ?',
  'portal.reason.same': 'Confirmez votre mot de passe pour que Microsoft 365 le reçoive.',

  'portal.forgot.title': 'Mot de passe oublié ?',
  'portal.forgot.lead':
    'Saisissez votre adresse e-mail professionnelle : {organisation} vous enverra un lien pour choisir un nouveau mot de passe, valable aussi pour Microsoft 365.',
  'portal.forgot.submit': 'M’envoyer un lien',
  'portal.forgot.empty': 'Saisissez votre adresse e-mail professionnelle.',
  'portal.forgot.sent': 'Consultez votre messagerie',
  'portal.forgot.sent.detail':
    'Si quelqu’un a cette adresse ici, un lien est en route. Il est valable 30 minutes et part à votre autre adresse si vous en avez indiqué une. Rien au bout de cinq minutes ? Demandez à votre assistance.',
  'portal.forgot.by.others':
    'Aucun e-mail ne peut être envoyé d’ici. Demandez un nouveau mot de passe à votre assistance.',
  'portal.forgot.back': 'Retour à la connexion',

  'portal.reset.title': 'Choisissez un nouveau mot de passe',
  'portal.reset.lead': 'Pour {name}. Il remplace votre mot de passe pour {organisation} et pour Microsoft 365.',
  'portal.reset.submit': 'Enregistrer le nouveau mot de passe',
  'portal.reset.gone.detail':
    'Il a déjà servi, il a plus de 30 minutes, ou votre mot de passe a été modifié depuis. Faites-vous en envoyer un nouveau.',
  'portal.reset.again': 'M’envoyer un autre lien',
  'portal.link.other': 'Ce lien est destiné à quelqu’un d’autre',
  'portal.link.other.detail':
    'Il a été envoyé à {other}, et ce navigateur est connecté en tant que {name}. Déconnectez-vous d’abord, puis rouvrez le lien.',

  'portal.home.two_passwords': 'Vous avez deux mots de passe en ce moment',
  'portal.home.two_passwords.detail':
    'Votre mot de passe a été modifié chez Microsoft. Pour n’en avoir de nouveau qu’un, confirmez celui que vous utilisez ici ou choisissez-en un nouveau.',
  'portal.home.awaiting': 'Microsoft 365 n’a pas encore votre mot de passe',
  'portal.home.awaiting.detail': 'Confirmez-le une fois, et Microsoft 365 le recevra.',
  'portal.home.awaiting.change': 'Choisissez ici un nouveau mot de passe, et Microsoft 365 le recevra aussi.',
  'portal.home.on_its_way.detail': 'Vous pouvez fermer cette page.',
  'portal.home.refused': 'Microsoft 365 a refusé votre mot de passe',
  'portal.home.refused.detail': 'L’ancien y reste valable. Choisissez ici un autre mot de passe.',
  'portal.home.trouble': 'Votre compte Microsoft 365 a besoin de votre assistance',
  'portal.home.trouble.detail':
    'Votre mot de passe fonctionne ici. Signalez à votre assistance que votre compte chez Microsoft ne peut pas être mis à jour.',
  'portal.home.confirm': 'Confirmer mon mot de passe',

  'portal.news.title': 'Votre mot de passe Microsoft 365 a été mis à jour',
  'portal.news.lead':
    'Utilisez désormais le mot de passe de cette page partout où vous vous connectez à Microsoft 365.',
  'portal.news.updated': 'Mis à jour',
  'portal.news.phones':
    'Les téléphones, Outlook et d’autres applications demanderont le mot de passe une fois dans les prochaines heures. Saisissez-y celui-ci.',
  'portal.news.seen': 'J’ai compris',

  'portal.event.login_success': 'Vous vous êtes connecté',
  'portal.event.login_failure': 'Une connexion avec un mot de passe incorrect',
  'portal.event.login_lock': 'Trop de connexions avec un mot de passe incorrect',
  'portal.event.login_end': 'Déconnexion',
  'portal.event.password_change': 'Votre mot de passe a été modifié',
  'portal.event.password_change.failure': 'Une modification de votre mot de passe n’a pas abouti',
  'portal.event.password_set': 'Un administrateur a défini votre mot de passe',
  'portal.event.password_link_send': 'Un lien pour choisir un mot de passe vous a été envoyé',
  'portal.event.password_remind': 'Un rappel de connexion vous a été envoyé',
  'portal.event.provisioned': 'Microsoft 365 a repris votre mot de passe',
  'portal.event.provisioned.failure': 'Microsoft 365 n’a pas repris votre mot de passe',
  'portal.event.user_create': 'Votre compte a été créé ici',
  'portal.event.user_activate': 'Votre compte a été activé',
  'portal.event.user_suspend': 'Votre compte a été suspendu',
  'portal.event.user_resume': 'Votre compte a été rétabli',
  'portal.event.user_update': 'Des informations vous concernant ont été modifiées',
  'portal.event.binding_create': 'Votre compte Microsoft 365 a été associé',
  'portal.event.binding_delete': 'Votre compte Microsoft 365 a été dissocié',
}
