import type { Catalogue } from './en.ts'
import { expiryJa } from './expiry/ja.ts'
import { flowsJa } from './flows/ja.ts'
import { guessesJa } from './guesses/ja.ts'
import { problemsJa } from './problems/ja.ts'
import { programsJa } from './programs/ja.ts'
import { securityJa } from './security/ja.ts'

export const ja: Catalogue = {
  ...securityJa,
  'portal.signIn.title': 'サインイン',
  'portal.signIn.email': '職場のメールアドレス',
  'portal.signIn.password': 'パスワード',
  'portal.signIn.submit': 'サインイン',
  'portal.signIn.wrong': 'メールアドレスまたはパスワードが違います。確認して、もう一度お試しください。',
  'portal.signIn.ended': 'サインアウトされました。続けるにはサインインしてください。',
  'portal.signIn.started.over':
    'このサインインは期限が切れたか、別のウィンドウで始められたものです。始めた場所からもう一度お試しください。',
  'portal.oauth.stopped': 'サインインを続けられませんでした',
  'portal.oauth.stopped.detail':
    '始めた場所からもう一度やり直してください。また止まる場合は、次の語をヘルプデスクにお伝えください: {code}',
  'portal.signOut': 'サインアウト',
  'portal.language': '言語',

  'portal.reason.change': '{organisation} のパスワードは、Microsoft 365 の分も含めてここで変更します。',
  'portal.reason.reset': '{organisation} のパスワードは、Microsoft 365 の分も含めてここで再設定します。',
  'portal.reason.forced':
    '新しいパスワードに変える時期です。{organisation} のパスワードは、Microsoft 365 の分も含めてここで変更します。',
  'portal.reason.route': '{organisation} のパスワードは、Microsoft 365 の分も含めてここで変更します。',
  'portal.reason.signInFirst': 'まず、現在のパスワードでサインインしてください。',

  'portal.home.title': 'あなたのパスワード',
  'portal.home.in_sync': 'どこでも同じパスワードです',
  'portal.home.in_sync.since': 'どこでも同じパスワードになった時刻:',
  'portal.home.waiting': 'パスワードを Microsoft 365 に送っています',
  'portal.home.unbound': 'ここにパスワードがあります',
  'portal.home.unbound.detail': 'まだ Microsoft 365 のアカウントは結び付けられていません。何もする必要はありません。',
  'portal.home.change': 'パスワードを変更',
  'portal.home.recent': '最近の出来事',
  'portal.notice.updated': 'Microsoft 365 のパスワードが更新されました。これからはこのパスワードをお使いください。',

  'portal.connection.none': 'まだパスワードが届いていません。',
  'portal.connection.awaiting_login': 'ここでのサインインを待っています。',
  'portal.connection.pending': '送信中です。',
  'portal.connection.in_sync': '更新済みです。',
  'portal.connection.in_sync.at': 'Microsoft 365 で更新された時刻:',
  'portal.connection.rejected':
    '拒否されました。推測されやすい、禁止された語を含む、または Microsoft 365 の規則に合っていません。',
  'portal.connection.drifted': 'Microsoft 側でパスワードが変更されました。',

  'portal.password.title': 'パスワードの変更',
  'portal.password.current': '現在のパスワード',
  'portal.password.new': '新しいパスワード',
  'portal.password.submit': 'パスワードを変更',
  'portal.password.show': '表示',
  'portal.password.hide': '隠す',
  'portal.password.rules': '新しいパスワードの条件',
  'portal.password.strength': '強さ',
  'portal.password.strength.0': 'とても弱い',
  'portal.password.strength.1': '弱い',
  'portal.password.strength.2': '普通',
  'portal.password.strength.3': '良い',
  'portal.password.strength.4': '強い',
  'portal.password.wrong': '現在のパスワードが違います。何も変更されていません。',
  'portal.password.weak': '別のパスワードを選んでください。下の印の付いた条件を満たしていません。',
  'portal.password.rule.broken': '未達成',
  'portal.password.done': 'パスワードを変更しました',
  'portal.password.done.in_sync': 'これからはどこでも新しいパスワードをお使いください。',
  'portal.password.done.waiting': 'Microsoft 365 が応答ししだい反映されます。このページは閉じてかまいません。',
  'portal.password.done.home': '概要へ',

  'portal.activate.title': 'パスワードを決めてください',
  'portal.activate.lead': '{name} さん、ようこそ。このパスワードは {organisation} と Microsoft 365 で使います。',
  'portal.activate.submit': 'パスワードを設定してサインイン',
  'portal.activate.gone': 'このリンクはもう使えません',
  'portal.activate.gone.detail': 'すでに使われたか、三日以上たっています。招待した人に新しいリンクを頼んでください。',

  'portal.problem.home': '最初のページへ',
  'portal.support': 'お問い合わせ: {contact}',
  'portal.form.expired': '前のページに戻って再読み込みし、フォームをもう一度送信してください。',
  ...flowsJa,
  ...expiryJa,
  ...guessesJa,
  ...problemsJa,
  ...programsJa,
}
