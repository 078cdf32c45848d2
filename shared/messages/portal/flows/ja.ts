import type { FlowsKey } from './en.ts'

export const flowsJa: Readonly<Record<FlowsKey, string>> = {
  'portal.signIn.forgot': 'パスワードをお忘れですか',
  'portal.reason.same': 'パスワードを確認すると、Microsoft 365 にも反映されます。',

  'portal.forgot.title': 'パスワードをお忘れですか',
  'portal.forgot.lead':
    '仕事用のメールアドレスを入力してください。{organisation} と Microsoft 365 の新しいパスワードを選ぶためのリンクをお送りします。',
  'portal.forgot.submit': 'リンクを送信',
  'portal.forgot.empty': '仕事用のメールアドレスを入力してください。',
  'portal.forgot.sent': 'メールをご確認ください',
  'portal.forgot.sent.detail':
    'このアドレスの方が登録されていれば、リンクをお送りします。リンクは 30 分間有効で、別のアドレスが登録されている場合はそちらに届きます。5 分たっても届かないときは、ヘルプデスクにお問い合わせください。',
  'portal.forgot.by.others':
    'ここからはメールを送信できません。新しいパスワードについてはヘルプデスクにお問い合わせください。',
  'portal.forgot.back': 'サインインに戻る',

  'portal.reset.title': '新しいパスワードを選ぶ',
  'portal.reset.lead': '{name} さんの {organisation} と Microsoft 365 のパスワードが新しくなります。',
  'portal.reset.submit': '新しいパスワードを設定',
  'portal.reset.gone.detail':
    'リンクがすでに使われたか、30 分を過ぎたか、その後パスワードが変更されました。新しいリンクをお受け取りください。',
  'portal.reset.again': 'もう一度リンクを送信',
  'portal.link.other': 'このリンクは別の方のものです',
  'portal.link.other.detail':
    'リンクは {other} さんに送られたもので、このブラウザーには {name} さんがサインインしています。いったんサインアウトしてから、リンクをもう一度開いてください。',

  'portal.home.two_passwords': '現在、パスワードが 2 つあります',
  'portal.home.two_passwords.detail':
    'Microsoft 側でパスワードが変更されました。1 つに戻すには、ここで使っているパスワードを確認するか、新しいパスワードを選んでください。',
  'portal.home.awaiting': 'Microsoft 365 にはまだパスワードが反映されていません',
  'portal.home.awaiting.detail': '一度確認すると、Microsoft 365 にも反映されます。',
  'portal.home.awaiting.change': 'ここで新しいパスワードを選ぶと、Microsoft 365 にも反映されます。',
  'portal.home.on_its_way.detail': 'このページは閉じてかまいません。',
  'portal.home.refused': 'Microsoft 365 がパスワードを受け付けませんでした',
  'portal.home.refused.detail': 'Microsoft 365 では以前のパスワードが有効です。ここで別のパスワードを選んでください。',
  'portal.home.trouble': 'Microsoft 365 のアカウントについてヘルプデスクにご連絡ください',
  'portal.home.trouble.detail':
    'ここでのパスワードは有効です。Microsoft のアカウントを更新できないことをヘルプデスクにお伝えください。',
  'portal.home.confirm': 'パスワードを確認',

  'portal.news.title': 'Microsoft 365 のパスワードが更新されました',
  'portal.news.lead': '今後、Microsoft 365 にサインインするときは、いつもこのページのパスワードをお使いください。',
  'portal.news.updated': '更新日時',
  'portal.news.phones':
    'スマートフォンや Outlook などのアプリで、数時間以内に一度パスワードを求められます。このパスワードを入力してください。',
  'portal.news.seen': 'わかりました',

  'portal.event.login_success': 'サインインしました',
  'portal.event.login_failure': '誤ったパスワードでのサインイン',
  'portal.event.login_lock': '誤ったパスワードでのサインインが多すぎます',
  'portal.event.login_end': 'サインアウトしました',
  'portal.event.password_change': 'パスワードが変更されました',
  'portal.event.password_change.failure': 'パスワードを変更できませんでした',
  'portal.event.password_set': '管理者がパスワードを設定しました',
  'portal.event.password_link_send': 'パスワードを選ぶためのリンクが送信されました',
  'portal.event.password_remind': 'サインインのお知らせが送信されました',
  'portal.event.provisioned': 'Microsoft 365 にパスワードが反映されました',
  'portal.event.provisioned.failure': 'Microsoft 365 にパスワードが反映されませんでした',
  'portal.event.user_create': 'ここにアカウントが作成されました',
  'portal.event.user_activate': 'アカウントが有効になりました',
  'portal.event.user_suspend': 'アカウントが停止されました',
  'portal.event.user_resume': 'アカウントが再開されました',
  'portal.event.user_update': '登録情報が変更されました',
  'portal.event.binding_create': 'Microsoft 365 のアカウントが関連付けられました',
  'portal.event.binding_delete': 'Microsoft 365 のアカウントの関連付けが解除されました',
}
