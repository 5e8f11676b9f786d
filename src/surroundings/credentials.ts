import type { Environment } from '../lanes/principal.ts';

/** Variables by which tools are given credentials. Only their names are looked at, and no file of anybody's. */
const NAMES: readonly RegExp[] = [
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE)$/,
  /^GOOGLE_(?:APPLICATION_CREDENTIALS|CREDENTIALS|OAUTH_ACCESS_TOKEN)$|^CLOUDSDK_AUTH_ACCESS_TOKEN$/,
  /^(?:ARM|AZURE)_(?:CLIENT_SECRET|CLIENT_CERTIFICATE_PATH|OIDC_TOKEN|ACCESS_KEY|SAS_TOKEN)$/,
  /^(?:KUBECONFIG|KUBE_TOKEN|VAULT_TOKEN|CONSUL_HTTP_TOKEN|CLOUDFLARE_API_TOKEN|DATADOG_API_KEY|DD_API_KEY)$/,
  /^SNOWFLAKE_(?:PASSWORD|PRIVATE_KEY|PRIVATE_KEY_PATH|TOKEN)$/,
  /^(?:TFE_TOKEN|TF_TOKEN_\w+|GITHUB_TOKEN|GH_TOKEN|GITLAB_TOKEN|CI_JOB_TOKEN)$/,
];

/** Names of variables that are set and hold credentials, sorted. */
export function credentialNames(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && env[name] !== '' && NAMES.some((pattern) => pattern.test(name)))
    .sort();
}
