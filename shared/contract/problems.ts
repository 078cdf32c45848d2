/** Every problem that the gateway answers: stable code, HTTP status, title. The detail says what to do next. */
export const problems = {
  malformed_request: { status: 400, title: 'The request could not be read' },
  malformed_csv: { status: 422, title: 'The CSV could not be read' },
  validation_failed: { status: 422, title: 'Some of the input is not acceptable' },
  not_signed_in: { status: 401, title: 'Not signed in' },
  wrong_credentials: { status: 401, title: 'Email or password is wrong' },
  second_factor_needed: { status: 401, title: 'A second factor is needed' },
  second_factor_missing: { status: 403, title: 'A second factor has to be set up first' },
  wrong_code: { status: 401, title: 'The code is wrong' },
  passkey_refused: { status: 401, title: 'The passkey was not accepted' },
  sign_in_ended: { status: 401, title: 'This sign-in has ended' },
  step_up_needed: { status: 403, title: 'Confirm that it is you' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, title: 'This address does not answer to that method' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  misdirected_request: { status: 421, title: 'This is not the address of this gateway' },
  request_too_large: { status: 413, title: 'The request is too large' },
  too_many_requests: { status: 429, title: 'Too many attempts' },
  internal_error: { status: 500, title: 'Lockstep made a mistake' },
  not_ready: { status: 503, title: 'The gateway is not ready' },
  key_kept_elsewhere: { status: 409, title: 'The key is not in a file of the gateway' },
  recovery_key_wrong: { status: 422, title: 'This is not the recovery key' },
  sealed: { status: 503, title: 'The gateway does not have its key' },
  busy: { status: 503, title: 'The gateway is busy' },

  user_not_found: { status: 404, title: 'No such user' },
  photo_not_found: { status: 404, title: 'No photo' },
  email_taken: { status: 409, title: 'The email address is taken' },
  user_state_conflict: { status: 409, title: 'The user is in another state' },
  user_is_last_admin: { status: 409, title: 'The last administrator cannot go' },
  user_is_bound: { status: 409, title: 'The user is bound to an account' },

  mail_not_found: { status: 404, title: 'No such mail' },
  mail_text_gone: { status: 409, title: 'The text of the mail is not kept' },

  session_not_found: { status: 404, title: 'No such session' },
  factor_not_found: { status: 404, title: 'No such second factor' },
  factor_is_last: { status: 409, title: 'The last second factor cannot go' },
  too_many_factors: { status: 409, title: 'There are enough second factors' },

  old_password_gone: { status: 409, title: 'There is no old password' },
  link_gone: { status: 410, title: 'The link does not work any more' },
  password_too_weak: { status: 422, title: 'The password does not meet the rules' },
  password_refused_by_tenant: { status: 422, title: 'Microsoft 365 refused the password' },
  password_change_in_progress: { status: 409, title: 'Another password change is under way' },

  connection_not_found: { status: 404, title: 'No such connection' },
  tenant_already_connected: { status: 409, title: 'The tenant is connected already' },
  tenant_managed_by_reseller: { status: 422, title: 'A reseller manages this tenant' },
  preflight_failed: { status: 422, title: 'The tenant is not ready to be connected' },
  authorization_not_set_up: { status: 409, title: 'Sign-in of administrators is not set up' },
  authorization_not_found: { status: 409, title: 'This sign-in was not begun here' },
  authorization_refused: { status: 422, title: 'The sign-in did not succeed' },
  tenant_mismatch: { status: 409, title: 'The sign-in was at another tenant' },
  cloud_not_allowed: { status: 422, title: 'These endpoints are not allowed' },
  connection_not_usable: { status: 409, title: 'The connection cannot be used now' },
  confirmation_mismatch: { status: 409, title: 'The confirmation does not match' },
  tenant_unreachable: { status: 502, title: 'The tenant could not be reached' },

  account_not_found: { status: 404, title: 'No such account' },
  account_protected: { status: 409, title: 'The account is protected' },
  account_conflict: { status: 409, title: 'More than one account matches' },
  account_already_bound: { status: 409, title: 'The account is bound to another user' },
  account_deleted: { status: 409, title: 'The account was deleted in the tenant' },
  domain_not_in_connection: { status: 422, title: 'The domain does not belong to the connection' },
  binding_not_found: { status: 404, title: 'The user is not bound to this connection' },
  bound_elsewhere: { status: 409, title: 'The user is bound to another connection' },

  no_drift: { status: 409, title: 'Nothing differs' },
  not_adoptable: { status: 409, title: 'This cannot be adopted' },
  nothing_to_undo: { status: 404, title: 'There is nothing to undo' },
  group_not_found: { status: 404, title: 'No such group' },
  remote_group_not_found: { status: 404, title: 'The tenant has no such group' },
  nobody_to_bind: { status: 409, title: 'There is nobody to bind' },
  job_not_ended: { status: 409, title: 'The job is still at work' },
  group_in_use: { status: 409, title: 'The group is the scope of a connection' },
  group_not_manageable: { status: 409, title: 'This group cannot be managed' },
  group_already_bound: { status: 409, title: 'The group is bound already' },

  licences_unreadable: { status: 409, title: 'The licences cannot be read' },

  plan_not_found: { status: 404, title: 'No such plan' },
  plan_changed: { status: 409, title: 'The plan has changed since it was shown' },
  brake_engaged: { status: 409, title: 'The brake is engaged' },
  import_too_old: { status: 409, title: 'The import is too long ago' },
  import_not_undoable: { status: 409, title: 'The import cannot be undone' },
  job_not_found: { status: 404, title: 'No such job' },
  token_not_found: { status: 404, title: 'No such token' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  answer_not_kept: { status: 409, title: 'The answer is not kept' },
  idempotency_in_flight: { status: 409, title: 'The first request with this key is still running' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** RFC 9457, `application/problem+json`. */
export type ProblemDocument = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors?: { path: string; message: string }[]
}
