import type { MailCatalogue } from './en.ts'

export const mailFr: MailCatalogue = {
  activation: {
    subject: 'Définissez votre mot de passe pour {organisation}',
    lines: [
      '{organisation} a créé un compte pour vous. Pour commencer, choisissez un mot de passe : il servira aussi pour Microsoft 365.',
      'Le lien fonctionne une seule fois, pendant 72 heures. S’il a expiré, demandez-en un autre à votre service d’assistance.',
    ],
    button: 'Choisir un mot de passe',
  },
  reset: {
    subject: 'Choisissez un nouveau mot de passe',
    lines: [
      'Quelqu’un a demandé un nouveau mot de passe pour votre compte chez {organisation}. Ce lien vous permet de le choisir, ici et pour Microsoft 365.',
      'Le lien fonctionne une seule fois, pendant 30 minutes. Si ce n’était pas vous, ne faites rien : votre mot de passe ne change pas.',
    ],
    button: 'Choisir un nouveau mot de passe',
  },
  welcome: {
    subject: 'Bienvenue chez {organisation}',
    lines: [
      'Votre compte chez {organisation} est prêt. Connectez-vous avec {email}.',
      'Votre mot de passe vous a été remis par ailleurs. Si ce n’est pas le cas, adressez-vous à votre service d’assistance.',
    ],
    button: 'Ouvrir le portail',
  },
  bound: {
    subject: 'Un seul mot de passe, aussi pour Microsoft 365',
    lines: [
      'Désormais, {organisation} s’occupe de votre mot de passe Microsoft 365 : {accounts}.',
      'Si vous ne vous êtes pas encore connecté au portail, faites-le une fois : Microsoft 365 aura alors le même mot de passe.',
    ],
    button: 'Ouvrir le portail',
  },
  reminder: {
    subject: 'Connectez-vous une fois : un seul mot de passe suffira',
    lines: [
      '{organisation} s’occupe maintenant de votre mot de passe Microsoft 365, mais vous ne vous êtes pas encore connecté à son portail.',
      'D’ici là, Microsoft 365 a peut-être encore un autre mot de passe. Connectez-vous une fois : il sera le même partout.',
    ],
    button: 'Ouvrir le portail',
  },
  password_changed: {
    subject: 'Votre mot de passe a été modifié',
    lines: [
      'Votre mot de passe pour {organisation} a été modifié : {at}.',
      'Si ce n’était pas vous, prévenez immédiatement votre service d’assistance.',
    ],
    button: null,
  },
  expiring: {
    subject: 'Votre mot de passe expire bientôt',
    lines: [
      'Votre mot de passe pour {organisation} et Microsoft 365 expire : {at}.',
      'Changez-le avant dans le portail : cela prend une minute et n’interrompt rien.',
    ],
    button: 'Changer le mot de passe',
  },
  expired: {
    subject: 'Votre mot de passe a expiré',
    lines: [
      'Votre mot de passe pour {organisation} a expiré le {at}.',
      'Choisissez-en un autre dans le portail. D’ici là, Microsoft 365 continue de fonctionner avec l’ancien.',
    ],
    button: 'Choisir un autre mot de passe',
  },
  expired_grace: {
    subject: 'Votre mot de passe a expiré, choisissez-en un autre',
    lines: [
      'Votre mot de passe pour {organisation} a expiré. Choisissez-en un autre dans le portail avant le {at}.',
      'Ensuite, votre compte Microsoft 365 sera fermé jusqu’à ce que vous l’ayez fait. Vos e-mails continueront d’arriver.',
    ],
    button: 'Choisir un autre mot de passe',
  },
  expired_blocked: {
    subject: 'Microsoft 365 est fermé jusqu’à ce que vous changiez de mot de passe',
    lines: [
      'Votre mot de passe pour {organisation} a expiré, et votre compte Microsoft 365 est donc fermé pour le moment. Vos e-mails continuent d’arriver.',
      'Choisissez un autre mot de passe dans le portail, et le compte sera rouvert aussitôt.',
    ],
    button: 'Choisir un autre mot de passe',
  },
  two_passwords: {
    subject: 'Vous avez actuellement deux mots de passe',
    lines: [
      'Le mot de passe de {accounts} a été modifié chez Microsoft 365 : ce n’est plus celui de {organisation}.',
      'Choisissez un mot de passe dans le portail : il sera le même partout. Si vous ne l’avez pas modifié, prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Choisir un seul mot de passe',
  },
  refused: {
    subject: 'Microsoft 365 n’a pas accepté votre mot de passe',
    lines: [
      'Microsoft 365 a refusé votre nouveau mot de passe pour {accounts}. L’ancien y reste valable.',
      'Choisissez dans le portail un autre mot de passe, plus long ou moins courant.',
    ],
    button: 'Choisir un autre mot de passe',
  },
  locked: {
    subject: 'Quelqu’un a essayé de deviner votre mot de passe',
    lines: [
      'Il y a eu cent tentatives de connexion de suite avec un mot de passe erroné. Personne n’a pu entrer.',
      'Les navigateurs avec lesquels vous vous êtes déjà connecté continuent de fonctionner. Pour en utiliser un autre, demandez d’abord un nouveau mot de passe.',
    ],
    button: 'Demander un nouveau mot de passe',
  },
  address_changed: {
    subject: 'L’adresse de votre compte a été modifiée',
    lines: [
      'Les messages concernant votre compte chez {organisation} étaient envoyés à {before}. Ils le seront désormais à {after}.',
      'Si vous ne l’avez pas demandé, prévenez immédiatement votre service d’assistance.',
    ],
    button: null,
  },
  factor_added: {
    subject: 'Un second facteur a été ajouté à votre compte',
    lines: [
      'Le second facteur « {factor} » a été ajouté : {at}.',
      'Si ce n’était pas vous, changez votre mot de passe et prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Vérifier dans le portail',
  },
  factor_removed: {
    subject: 'Un second facteur a été retiré de votre compte',
    lines: [
      'Le second facteur « {factor} » a été retiré : {at}.',
      'Si ce n’était pas vous, changez votre mot de passe et prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Vérifier dans le portail',
  },
  factors_reset: {
    subject: 'Vos seconds facteurs ont été retirés',
    lines: [
      'Un administrateur a retiré tous vos seconds facteurs : {at}. Vous avez été déconnecté partout.',
      'Si vous ne l’avez pas demandé, prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Vérifier dans le portail',
  },
  recovery_code_used: {
    subject: 'Un code de récupération a été utilisé',
    lines: [
      'Quelqu’un s’est connecté à votre compte avec un code de récupération : {at}. Codes restants : {left}.',
      'Si ce n’était pas vous, changez votre mot de passe et prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Vérifier dans le portail',
  },
  recovery_codes_renewed: {
    subject: 'De nouveaux codes de récupération ont été créés',
    lines: [
      'De nouveaux codes de récupération ont été créés pour votre compte : {at}. Les anciens ne sont plus valables.',
      'Si ce n’était pas vous, changez votre mot de passe et prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Vérifier dans le portail',
  },
  new_device: {
    subject: 'Nouvelle connexion à votre compte',
    lines: [
      'Quelqu’un s’est connecté à votre compte {organisation} d’une façon encore jamais utilisée : {at}, {device}.',
      'Si c’était vous, il n’y a rien à faire. Sinon, changez votre mot de passe et prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Vérifier dans le portail',
  },
  synced: {
    subject: 'Microsoft 365 a maintenant votre mot de passe',
    lines: [
      'Vous vous êtes connecté à {organisation} : {at}. Désormais, le même mot de passe sert aussi pour Microsoft 365 : {accounts}.',
      'Vos téléphones et programmes le demanderont peut-être une fois. Si ce n’était pas vous, changez votre mot de passe et prévenez immédiatement votre service d’assistance.',
    ],
    button: 'Ouvrir le portail',
  },
  adopted: {
    subject: '{organisation} s’occupe de votre compte',
    lines: [
      '{organisation} a repris votre compte dans son annuaire : {accounts}. Pour l’instant, vous vous connectez comme avant.',
      'Vous recevrez un autre message quand il y aura quelque chose à faire. Si cela vous surprend, demandez à votre service d’assistance.',
    ],
    button: null,
  },
  letter: {
    greeting: 'Bonjour {name},',
    closing: 'Ce message a été envoyé par {organisation}.',
    link: 'Si le bouton ne fonctionne pas, ouvrez cette adresse :',
  },
}
