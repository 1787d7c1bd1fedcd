//! Sign-in at an OpenID Connect provider: the authorization code flow, with PKCE, a nonce and a state.
//!
//! Somebody is found by the issuer and the subject that it names, never by an address: addresses change hands.

use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, reqwest,
};
use serde::{Deserialize, Serialize};
use shipgate::Time;

use crate::accounts::{Account, External};
use crate::api::Failure;
use crate::configuration;
use crate::database::{Error, Query};
use crate::service::Service;
use crate::sign_in::{Later, Returned, SignIn};
use crate::{ids, secrets};

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// How long somebody may take to sign in at the provider, in milliseconds: ten minutes.
const LASTS: i64 = 10 * 60 * 1_000;

/// The cookie that says which browser began.
const COOKIE: &str = "sign_in";

/// A provider of OpenID Connect.
pub struct Oidc {
    http: reqwest::Client,
    issuer: IssuerUrl,
    id: ClientId,
    secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    /// Made anew when the provider has changed its keys.
    client: RwLock<Arc<Client>>,
}

/// Why a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// Something that goes with the provider is missing.
    #[error("--oidc-issuer: {0} is missing: give both")]
    Missing(&'static str),
    /// An address is not one.
    #[error("{flag}: {error}: write an address such as `https://accounts.example.com`")]
    Address {
        /// The flag.
        flag: &'static str,
        /// Why not.
        error: String,
    },
    /// The provider does not answer as one.
    #[error(
        "--oidc-issuer: the provider does not answer as one: {0}: check its address, and that this machine reaches it"
    )]
    Provider(String),
}

/// What is kept of somebody who has begun.
#[derive(Serialize, Deserialize)]
struct Begun {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    /// The hash of the cookie of the browser that began.
    browser: String,
}

impl Oidc {
    /// Asks a provider about itself; `None` if none is configured.
    ///
    /// # Errors
    ///
    /// [`SetUpError`], which names the flag and says what to do.
    pub async fn set_up(flags: &configuration::Oidc, public_url: Option<&str>) -> Result<Option<Self>, SetUpError> {
        let Some(issuer) = &flags.oidc_issuer else { return Ok(None) };
        let id = flags.oidc_client_id.clone().ok_or(SetUpError::Missing("--oidc-client-id"))?;
        let public_url = public_url.ok_or(SetUpError::Missing("--public-url"))?;
        let address =
            |flag| move |error: openidconnect::url::ParseError| SetUpError::Address { flag, error: error.to_string() };
        let issuer = IssuerUrl::new(issuer.clone()).map_err(address("--oidc-issuer"))?;
        let redirect = RedirectUrl::new(format!("{public_url}/sign-in/callback")).map_err(address("--public-url"))?;
        // A provider that sends elsewhere could send to what only this machine reaches.
        let http = reqwest::ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).build();
        let http = http.map_err(|error| SetUpError::Provider(error.to_string()))?;
        let (id, secret) = (ClientId::new(id), flags.oidc_client_secret.clone().map(ClientSecret::new));
        let client = discover(&http, &issuer, &id, secret.as_ref(), &redirect).await.map_err(SetUpError::Provider)?;
        Ok(Some(Self { http, issuer, id, secret, redirect, client: RwLock::new(Arc::new(client)) }))
    }

    fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn redirect(&self, service: &Service) -> Result<Response, Failure> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client();
        let request =
            client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random);
        let scopes = ["email", "profile"].map(|scope| Scope::new(scope.to_owned()));
        let (address, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let browser = secrets::new("browser");
        let begun = Begun { nonce, verifier, browser: secrets::hash(&browser) };
        let now = service.clock.now();
        let old = Query::new("DELETE FROM service_sign_ins WHERE expires_at <= $1").bind(now);
        let text = "INSERT INTO service_sign_ins (hash, content, expires_at) VALUES ($1, $2, $3)";
        let new = Query::new(text).bind(secrets::hash(state.secret()));
        let new = new.bind(serde_json::to_string(&begun).map_err(Error::from)?);
        let new = new.bind(Time::from_millis(now.as_millis().saturating_add(LASTS)));
        service.database.execute_all(vec![old.into(), new.into()]).await?;
        let location = HeaderValue::from_str(address.as_str()).map_err(Error::content)?;
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
        let secure = if self.redirect.as_str().starts_with("https://") { "; Secure" } else { "" };
        let seconds = LASTS / 1_000;
        let cookie = format!("{COOKIE}={browser}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    async fn account(&self, service: &Service, returned: &Returned) -> Result<String, Failure> {
        // RFC 9207: an answer of another provider is not taken for one of this.
        if returned.query.get("iss").is_some_and(|issuer| issuer != self.issuer.as_str()) {
            return Err(failed("the answer is of another provider"));
        }
        let (Some(state), Some(code)) = (returned.query.get("state"), returned.query.get("code")) else {
            return Err(failed(returned.query.get("error").map_or("the answer has no code", String::as_str)));
        };
        let begun = take(service, state).await?;
        let browser = browser(&returned.headers).map(|browser| secrets::hash(&browser));
        if !browser.is_some_and(|browser| secrets::same(&browser, &begun.browser)) {
            return Err(failed("another browser began"));
        }
        let claims = self.claims(code, begun).await?;
        let external = External { issuer: claims.issuer().to_string(), subject: claims.subject().to_string() };
        Ok(found_or_made(service, &external, &claims).await?)
    }

    /// What the provider says of somebody, with its signature, issuer, audience, expiry and nonce checked.
    async fn claims(&self, code: &str, Begun { nonce, verifier, .. }: Begun) -> Result<CoreIdTokenClaims, Failure> {
        let client = self.client();
        let exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| failed(&error.to_string()))?;
        let tokens = exchange.set_pkce_verifier(verifier).request_async(&self.http).await;
        let tokens = tokens.map_err(|error| failed(&whole(&error)))?;
        let token = tokens.id_token().ok_or_else(|| failed("the provider sent no ID token"))?;
        if let Ok(claims) = claims_of(token, &client, &nonce) {
            return Ok(claims);
        }
        // It may have new keys.
        let renewed = discover(&self.http, &self.issuer, &self.id, self.secret.as_ref(), &self.redirect).await;
        let renewed = Arc::new(renewed.map_err(|error| failed(&error))?);
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&renewed);
        claims_of(token, &renewed, &nonce).map_err(|error| failed(&error))
    }
}

async fn discover(
    http: &reqwest::Client,
    issuer: &IssuerUrl,
    id: &ClientId,
    secret: Option<&ClientSecret>,
    redirect: &RedirectUrl,
) -> Result<Client, String> {
    let metadata = CoreProviderMetadata::discover_async(issuer.clone(), http).await.map_err(|error| whole(&error))?;
    Ok(CoreClient::from_provider_metadata(metadata, id.clone(), secret.cloned()).set_redirect_uri(redirect.clone()))
}

/// An error with what caused it, which says more.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn claims_of(token: &CoreIdToken, client: &Client, nonce: &Nonce) -> Result<CoreIdTokenClaims, String> {
    token.claims(&client.id_token_verifier(), nonce).cloned().map_err(|error| error.to_string())
}

/// What is kept of somebody who began. It is taken once.
async fn take(service: &Service, state: &str) -> Result<Begun, Failure> {
    let text = "DELETE FROM service_sign_ins WHERE hash = $1 AND expires_at > $2 RETURNING content";
    let query = Query::new(text).bind(secrets::hash(state)).bind(service.clock.now());
    let row = service.database.row(query).await?.ok_or_else(|| failed("it was begun too long ago, or was finished"))?;
    Ok(serde_json::from_str(&row.text(0)?).map_err(Error::from)?)
}

fn browser(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|pairs| pairs.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

/// The account of whom the provider names, which is made if it is new. What the provider says of a name and an address is kept.
async fn found_or_made(service: &Service, external: &External, claims: &CoreIdTokenClaims) -> Result<String, Error> {
    let name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
    let email = claims.email().filter(|_| claims.email_verified() == Some(true)).map(|email| email.to_string());
    let described = |account: Account| {
        let name = name.clone().unwrap_or_else(|| account.name.clone());
        let account = Account { name, email: None, email_verified: false, ..account };
        match &email {
            Some(email) => account.with_email(email.clone()),
            None => account,
        }
    };
    if let Some(account) = service.database.account_of(external).await? {
        let account = described(account);
        service.database.update_account(&account).await?;
        return Ok(account.id);
    }
    let account = described(Account::person(ids::new("user"), external.subject.clone()));
    match service.database.execute(account.insert(Some(external), service.clock.now())).await {
        Ok(_) => Ok(account.id),
        // Two browsers of one person began at once.
        Err(error) if error.is_taken() => match service.database.account_of(external).await? {
            Some(account) => Ok(account.id),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// Why nobody was signed in. The reason is for the log: an address can be made up by anybody.
fn failed(reason: &str) -> Failure {
    tracing::warn!("a sign-in failed: {reason}");
    Failure::bad_request("you were not signed in: begin again at /sign-in")
}

impl SignIn for Oidc {
    fn begin<'a>(&'a self, service: &'a Service) -> Later<'a, Response> {
        Box::pin(self.redirect(service))
    }

    fn finish<'a>(&'a self, service: &'a Service, returned: &'a Returned) -> Later<'a, String> {
        Box::pin(self.account(service, returned))
    }
}
