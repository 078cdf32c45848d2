import type { SecurityCatalogue } from './catalogue.ts'

export const securityFr: SecurityCatalogue = {
  'portal.code.title': 'Encore une étape',
  'portal.code.lead': 'Prouvez que vous êtes {email}.',
  'portal.code.label': 'Code de l’application',
  'portal.code.hint': 'Celui de votre application d’authentification. Un code de secours convient aussi.',
  'portal.code.recovery': 'Code de secours',
  'portal.code.submit': 'Continuer',
  'portal.code.wrong': 'Le code est incorrect ou a déjà servi. Attendez le suivant et réessayez.',
  'portal.code.wrongPassword': 'Le mot de passe est incorrect. Vérifiez-le et réessayez.',
  'portal.step.ended': 'La connexion a pris trop de temps ou a été tentée trop souvent. Recommencez.',
  'portal.step.away': 'Se connecter avec un autre compte',

  'portal.passkey.use': 'Utiliser une clé d’accès',
  'portal.passkey.add': 'Utiliser désormais une clé d’accès',
  'portal.passkey.signIn': 'Se connecter avec une clé d’accès',
  'portal.passkey.title': 'Se connecter avec une clé d’accès',
  'portal.passkey.lead': 'Votre appareil vous demande votre doigt, votre visage ou son code.',
  'portal.passkey.addTitle': 'Ajouter une clé d’accès',
  'portal.passkey.addLead':
    'Avec une clé d’accès, vous vous connectez par votre doigt, votre visage ou le code de votre appareil.',
  'portal.passkey.away': 'Se connecter avec un mot de passe',
  'portal.passkey.refused': 'La clé d’accès n’a pas été acceptée. Réessayez ou choisissez un autre moyen.',
  'portal.passkey.stopped': 'La clé d’accès n’a pas été utilisée. Réessayez quand vous serez prêt.',
  'portal.passkey.scripts': 'Les clés d’accès ont besoin de JavaScript, désactivé dans ce navigateur.',
  'portal.notice.passkey':
    'Une clé d’accès n’apporte aucun mot de passe, et Microsoft 365 attend encore le vôtre. Déconnectez-vous, puis connectez-vous une fois avec votre mot de passe.',

  'portal.setUp.title': 'Protégez votre compte',
  'portal.setUp.lead':
    'Outre le mot de passe, votre compte a besoin d’un second facteur. Cela prend une minute, une seule fois.',
  'portal.setUp.away': 'Revenir sans rien ajouter',
  'portal.app.title': 'Ou utiliser une application d’authentification',
  'portal.app.addTitle': 'Ajouter une application d’authentification',
  'portal.app.addLead': 'L’application affiche un nouveau code toutes les 30 secondes, même sans réseau.',
  'portal.app.scan': 'Scannez ce carré avec votre application d’authentification.',
  'portal.app.square': 'Carré lisible par une application d’authentification',
  'portal.app.type': 'Je ne peux pas le scanner',
  'portal.app.code': 'Le code affiché par l’application',
  'portal.app.submit': 'Activer',

  'portal.recovery.title': 'Vos codes de secours',
  'portal.recovery.lead':
    'Pour {email} chez {organisation}. Si votre téléphone ou votre clé d’accès n’est pas à portée, chacun de ces codes vous ouvre l’accès une fois.',
  'portal.recovery.once':
    'Ils ne sont affichés que maintenant. Imprimez-les ou gardez-les avec vos papiers importants.',
  'portal.recovery.print': 'Imprimer',
  'portal.recovery.kept': 'Je les ai conservés',

  'portal.confirm.title': 'Confirmez que c’est bien vous',
  'portal.confirm.lead': 'Vous allez modifier quelque chose d’important.',
  'portal.confirm.lead.password':
    'Vous allez modifier quelque chose d’important. Saisissez votre mot de passe encore une fois.',

  'portal.security.title': 'Connexion et sécurité',
  'portal.security.factors': 'Second facteur',
  'portal.security.none': 'Aucun pour l’instant. Avec un second facteur, votre mot de passe seul ne sert à personne.',
  'portal.security.addApp': 'Ajouter une application',
  'portal.security.addPasskey': 'Ajouter une clé d’accès',
  'portal.security.recovery': 'Codes de secours',
  'portal.security.codesLeft': 'Il en reste {count} sur 10',
  'portal.security.renewCodes': 'En créer de nouveaux',
  'portal.security.sessions': 'Où vous êtes connecté',
  'portal.security.done.added': 'Ajouté. Désormais, il vous sera demandé à la connexion.',
  'portal.security.done.renamed': 'Renommé.',
  'portal.security.done.removed': 'Supprimé.',
  'portal.security.done.ended': 'Vous y êtes déconnecté.',
  'portal.security.done.endedOthers': 'Vous êtes déconnecté partout ailleurs.',

  'portal.factor.totp': 'Application d’authentification',
  'portal.factor.passkey': 'Clé d’accès',
  'portal.factor.used': 'dernière utilisation',
  'portal.factor.unused': 'pas encore utilisé',
  'portal.factor.name': 'Nom (facultatif)',
  'portal.factor.newName': 'Nom',
  'portal.factor.change': 'Modifier',
  'portal.factor.rename': 'Enregistrer le nom',
  'portal.factor.remove': 'Supprimer',
  'portal.factor.needed': 'Votre rôle exige un second facteur. Ajoutez-en un autre avant de supprimer celui-ci.',
  'portal.factor.gone': 'Ce second facteur n’existe plus.',
  'portal.factor.tooMany': 'Dix suffisent. Supprimez d’abord celui que vous n’utilisez plus.',

  'portal.session.this': 'ce navigateur',
  'portal.session.device': '{browser} sous {system}',
  'portal.session.unknown': 'Appareil inconnu',
  'portal.session.end': 'Déconnecter',
  'portal.session.endOthers': 'Se déconnecter partout ailleurs',
  'portal.session.endOthers.hint':
    'L’extension du navigateur et les programmes où vous êtes connecté sont aussi déconnectés.',
  'portal.session.gone': 'Cette session est déjà terminée.',
}
