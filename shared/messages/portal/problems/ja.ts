import type { ProblemsKey } from './en.ts'

export const problemsJa: Readonly<Record<ProblemsKey, string>> = {
  'portal.rule.length': '{least} 文字以上 {most} 文字以下であること。',
  'portal.rule.characters': '半角の英字、数字、空白、US キーボードの記号だけを使うこと。',
  'portal.rule.classes': '小文字、大文字、数字、記号のうち 3 種類を使うこと。',
  'portal.rule.name': '名前やメール アドレスを含まないこと。',
  'portal.rule.common': 'よくある単語、名前、組織名を組み合わせたものでないこと。',
  'portal.rule.strength': '推測されにくいこと。',
  'portal.rule.history': '最近使ったパスワードでないこと。',
  'portal.password.tooLong': '256 文字以内のパスワードを使ってください。',
  'portal.rule.later': '送信時に確認します。',
  'portal.rule.breached': 'ほかで漏えいしたパスワードでないこと。',
  'portal.refused.byTenant':
    'このパスワードは Microsoft 365 に拒否されました。何も変更されていません。別のパスワードを選んでください。',
  'portal.refused.underWay': 'パスワードは現在変更中です。数秒待ってから、もう一度お試しください。',
  'portal.refused.busy': '現在、サインインが混み合っています。数秒後にもう一度お試しください。',
  'portal.refused.seconds': '試行回数が多すぎます。{wait} 秒後にもう一度お試しください。',
  'portal.refused.minutes': '試行回数が多すぎます。{wait} 分後にもう一度お試しください。',
  'portal.refused.many': '試行回数が多すぎます。サインアウトして、リンクの送信をご利用ください。',
  'portal.problem.not_found': 'このアドレスには何もありません',
  'portal.problem.not_found.detail': 'アドレスを確認するか、開始ページからお進みください。',
  'portal.problem.forbidden': 'この操作は許可されていません',
  'portal.problem.forbidden.detail': '必要な場合は、ヘルプ デスクにお問い合わせください。',
  'portal.problem.cross_site_request': '別のサイトからの要求です',
  'portal.problem.cross_site_request.detail':
    '前のページに戻り、再読み込みしてから、フォームをもう一度送信してください。',
  'portal.problem.internal_error': 'Lockstep で問題が発生しました',
  'portal.problem.internal_error.detail':
    '数分後にもう一度お試しください。解決しない場合は、ヘルプ デスクにお知らせください。',
  'portal.problem.sealed': 'このページは現在ご利用いただけません',
  'portal.problem.sealed.detail': '後でもう一度お試しください。解決しない場合は、ヘルプ デスクにお知らせください。',
}
