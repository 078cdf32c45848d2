import type { programsEn } from './en.ts'

export const programsJa: Readonly<Record<keyof typeof programsEn, string>> = {
  'portal.device.title': 'コマンドラインのサインイン',
  'portal.device.lead': '「lockstep login」に表示されたコードを入力してください。',
  'portal.device.code': 'コマンドラインのコード',
  'portal.device.hint': 'BCDF-GHJK のような 8 文字です。10 分間有効です。',
  'portal.device.next': '次へ',
  'portal.device.wrong':
    'このコードは存在しないか、期限が切れています。文字を確認するか、「lockstep login」をもう一度実行してください。',
  'portal.device.ask': 'コマンドラインを許可しますか?',
  'portal.device.asLead': '最長 12 時間、{email} として、あなたにできることをすべて実行できます。',
  'portal.device.program': 'プログラム',
  'portal.device.place': '接続元',
  'portal.device.time': '要求の時刻',
  'portal.device.warning':
    'たった今ご自分で実行した場合にだけ「はい」を選んでください。ヘルプデスクがこのようなコードの入力を求めることはありません。',
  'portal.device.yes': 'はい、許可します',
  'portal.device.no': 'いいえ、許可しません',
  'portal.device.done': 'コマンドラインがサインインしました',
  'portal.device.done.lead': 'このページを閉じて、コマンドラインに戻れます。',
  'portal.device.refused': 'コマンドラインを許可しませんでした',
  'portal.device.refused.lead':
    'ご自分で実行していない場合は、このコードを求められたことをヘルプデスクに伝えてください。',
  'portal.device.security': 'サインイン中の場所',
  'portal.program.extension': 'ブラウザー拡張機能',
  'portal.program.cli': 'コマンドライン',
  'portal.event.login_program': '拡張機能またはコマンドラインがあなたとしてサインインしました',
  'portal.event.password_link_show': '管理者がパスワードを選ぶためのリンクを表示しました',
  'portal.event.login_end.failure': '複製されたサインインを停止しました',
}
