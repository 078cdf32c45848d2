import type { Catalogue } from './en.ts'
import { expiryFr } from './expiry/fr.ts'
import { flowsFr } from './flows/fr.ts'
import { guessesFr } from './guesses/fr.ts'
import { problemsFr } from './problems/fr.ts'
import { programsFr } from './programs/fr.ts'
import { securityFr } from './security/fr.ts'

export const fr: Catalogue = {
  ...securityFr,
  'portal.signIn.title': 'Connexion',
  'portal.signIn.email': 'Adresse e-mail professionnelle',
  'portal.signIn.password': 'Mot de passe',
  'portal.signIn.submit': 'Se connecter',
  'portal.signIn.wrong': 'L’adresse e-mail ou le mot de passe est incorrect. Vérifiez les deux, puis réessayez.',
  'portal.signIn.ended': 'Vous avez été déconnecté. Connectez-vous pour continuer.',
  'portal.signIn.started.over':
    'Cette connexion a expiré ou a été commencée dans une autre fenêtre. Recommencez là où vous l’aviez commencée.',
  'portal.oauth.stopped': 'La connexion n’a pas pu aboutir',
  'portal.oauth.stopped.detail':
    'Recommencez là où vous avez commencé. Si cela se reproduit, indiquez ce mot à votre assistance : {code}',
  'portal.signOut': 'Se déconnecter',
  'portal.language': 'Langue',

  'portal.reason.change': 'Votre mot de passe pour {organisation}, Microsoft 365 compris, se change ici.',
  'portal.reason.reset': 'Votre mot de passe pour {organisation}, Microsoft 365 compris, se réinitialise ici.',
  'portal.reason.forced':
    'Il est temps de choisir un nouveau mot de passe. Celui de {organisation}, Microsoft 365 compris, se change ici.',
  'portal.reason.route': 'Votre mot de passe pour {organisation}, Microsoft 365 compris, se change ici.',
  'portal.reason.signInFirst': 'Connectez-vous d’abord avec votre mot de passe actuel.',

  'portal.home.title': 'Votre mot de passe',
  'portal.home.in_sync': 'Le même mot de passe partout',
  'portal.home.in_sync.since': 'Le même mot de passe partout depuis',
  'portal.home.waiting': 'Votre mot de passe est en route vers Microsoft 365',
  'portal.home.unbound': 'Vous avez un mot de passe ici',
  'portal.home.unbound.detail': 'Aucun compte Microsoft 365 n’y est encore rattaché. Vous n’avez rien à faire.',
  'portal.home.change': 'Changer le mot de passe',
  'portal.home.recent': 'Activité récente',
  'portal.notice.updated': 'Votre mot de passe Microsoft 365 a été mis à jour : utilisez désormais ce mot de passe.',

  'portal.connection.none': 'Aucun mot de passe de votre part ne s’y trouve encore.',
  'portal.connection.awaiting_login': 'Attend que vous vous connectiez ici.',
  'portal.connection.pending': 'En route.',
  'portal.connection.in_sync': 'Mis à jour.',
  'portal.connection.in_sync.at': 'Mis à jour dans Microsoft 365 à',
  'portal.connection.rejected':
    'L’a refusé : trop facile à deviner, formé d’un mot interdit ou contraire aux règles de Microsoft 365.',
  'portal.connection.drifted': 'Le mot de passe a été modifié chez Microsoft.',

  'portal.password.title': 'Changer votre mot de passe',
  'portal.password.current': 'Mot de passe actuel',
  'portal.password.new': 'Nouveau mot de passe',
  'portal.password.submit': 'Changer le mot de passe',
  'portal.password.show': 'Afficher',
  'portal.password.hide': 'Masquer',
  'portal.password.rules': 'Votre nouveau mot de passe',
  'portal.password.strength': 'Robustesse',
  'portal.password.strength.0': 'très faible',
  'portal.password.strength.1': 'faible',
  'portal.password.strength.2': 'moyenne',
  'portal.password.strength.3': 'bonne',
  'portal.password.strength.4': 'excellente',
  'portal.password.wrong': 'Le mot de passe actuel est incorrect. Rien n’a été changé.',
  'portal.password.weak': 'Choisissez un autre mot de passe. Ce qui est marqué ci-dessous manque encore.',
  'portal.password.rule.broken': 'manque',
  'portal.password.done': 'Votre mot de passe est changé',
  'portal.password.done.in_sync': 'Utilisez désormais le nouveau mot de passe partout.',
  'portal.password.done.waiting': 'Microsoft 365 le recevra dès qu’il répondra. Vous pouvez fermer cette page.',
  'portal.password.done.home': 'Aller à la vue d’ensemble',

  'portal.activate.title': 'Choisissez votre mot de passe',
  'portal.activate.lead': 'Bienvenue, {name}. Ce mot de passe vaut pour {organisation} et pour Microsoft 365.',
  'portal.activate.submit': 'Définir le mot de passe et se connecter',
  'portal.activate.gone': 'Ce lien n’est plus valable',
  'portal.activate.gone.detail':
    'Il a été utilisé ou date de plus de trois jours. Demandez-en un nouveau à la personne qui vous a invité.',

  'portal.problem.home': 'Aller à la page d’accueil',
  'portal.support': 'Aide : {contact}',
  'portal.form.expired': 'Revenez en arrière, rechargez la page et envoyez de nouveau le formulaire.',
  ...flowsFr,
  ...expiryFr,
  ...guessesFr,
  ...problemsFr,
  ...programsFr,
}
