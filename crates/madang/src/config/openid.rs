//! `[sign-in.openid]`: the city's identity provider. Without one, people sign in here alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use people::oidc::{Algorithm, Secret, Settings, is_private};
use serde::Deserialize;
use url::Url;

use super::{Origin, Valued};
use crate::exit::Failure;

/// Where it stands, in messages.
const PLACE: &str = "madang.toml: [sign-in.openid]";
/// The client's secret, from the environment.
const SECRET: &str = "MADANG_OPENID_CLIENT_SECRET";
/// Scopes asked for where none are named.
const SCOPES: [&str; 2] = ["profile", "email"];

/// `[sign-in]` of `madang.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SignInFile {
    pub(super) openid: Option<OpenIdFile>,
}

/// `[sign-in.openid]` of `madang.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OpenIdFile {
    title: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    account_claim: Option<String>,
    roles_claim: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, Given>,
    department_claim: Option<String>,
    #[serde(default)]
    departments: BTreeMap<String, String>,
    algorithms: Option<Vec<Algorithm>>,
}

/// One role, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Given {
    One(String),
    Some(Vec<String>),
}

/// The city's identity provider, without the address it leads back to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenId {
    settings: Settings,
    secret_from: Option<Origin>,
}

impl OpenId {
    /// What is in force; `city` is the folder that paths are relative to.
    pub(super) fn gather(
        file: Option<OpenIdFile>,
        city: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Failure> {
        let Some(file) = file else {
            return Ok(None);
        };
        let told = |key: &str, why: String| Failure::Input(format!("{PLACE} `{key}`: {why}"));
        let address =
            Url::parse(&file.issuer).map_err(|error| told("issuer", error.to_string()))?;
        if !is_private(&address) || address.query().is_some() || address.fragment().is_some() {
            return Err(told(
                "issuer",
                format!(
                    "`{}` is not an https address without `?` and `#`",
                    file.issuer
                ),
            ));
        }
        let secret = secret(file.client_secret_file.as_deref(), city, environment)?;
        let ca = file.ca.map(|ca| {
            let path = city.join(ca);
            std::fs::read(&path).map_err(|error| told("ca", format!("{}: {error}", path.display())))
        });
        let algorithms = file.algorithms.unwrap_or_else(|| Algorithm::USUAL.to_vec());
        if algorithms.is_empty() {
            return Err(told(
                "algorithms",
                "without one no token is accepted; leave it out for RS256, ES256, EdDSA".to_owned(),
            ));
        }
        if !file.roles.is_empty() && file.roles_claim.is_none() {
            return Err(told(
                "roles",
                "`roles-claim` must name the claim whose values these are".to_owned(),
            ));
        }
        let scopes = file
            .scopes
            .unwrap_or_else(|| SCOPES.map(str::to_owned).into());
        let roles = file.roles.into_iter().map(|(word, given)| match given {
            Given::One(role) => (word, vec![role]),
            Given::Some(roles) => (word, roles),
        });
        let settings = Settings {
            title: file.title,
            issuer: file.issuer,
            client_id: file.client_id,
            client_secret: secret.as_ref().map(|own| Secret::new(own.value.clone())),
            authority: ca.transpose()?,
            // Asked for anyway.
            scopes: scopes
                .into_iter()
                .filter(|scope| scope != "openid")
                .collect(),
            account_claim: file
                .account_claim
                .unwrap_or_else(|| "preferred_username".to_owned()),
            roles_claim: file.roles_claim,
            roles: roles.collect(),
            department_claim: file.department_claim,
            departments: file.departments,
            algorithms,
            back: address,
        };
        Ok(Some(Self {
            settings,
            secret_from: secret.map(|own| own.origin),
        }))
    }

    /// The settings, for a city at `home` with these people and departments.
    pub(crate) fn at(&self, home: &Url, city: &city::City) -> Result<Settings, Failure> {
        let own = &self.settings;
        let known: Vec<&str> = city.people.role_ids().collect();
        for (word, roles) in &own.roles {
            if let Some(role) = roles
                .iter()
                .find(|role| !known.contains(&role.as_str()) || *role == "public")
            {
                let near = city::nearest::nearest(role, known.iter().copied());
                let hint =
                    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return Err(Failure::Input(format!(
                    "{PLACE} `roles`: `{word}` gives the role `{role}`, which people.toml does not declare{hint}"
                )));
            }
        }
        let departments = &city.manifest.departments;
        for (word, id) in &own.departments {
            if !departments
                .iter()
                .any(|department| department.id.as_str() == id)
            {
                return Err(Failure::Input(format!(
                    "{PLACE} `departments`: `{word}` is the department `{id}`, which city.toml does not declare"
                )));
            }
        }
        let back = home
            .join(interop::openid::BACK)
            .map_err(|error| Failure::Input(format!("{PLACE}: {error}")))?;
        Ok(Settings {
            back,
            ..own.clone()
        })
    }

    /// Names, values as they may be shown, and origins.
    pub(crate) fn lines(&self) -> Vec<(String, String, Origin)> {
        let own = &self.settings;
        let shown =
            |name: &str, value: String| (format!("sign-in.openid.{name}"), value, Origin::File);
        let mut lines = vec![
            shown("title", own.title.clone()),
            shown("issuer", own.issuer.clone()),
            shown("client-id", own.client_id.clone()),
            shown("scopes", own.scopes.join(" ")),
            shown("account-claim", own.account_claim.clone()),
        ];
        lines.extend(
            own.roles_claim
                .iter()
                .map(|claim| shown("roles-claim", claim.clone())),
        );
        lines.extend(
            own.department_claim
                .iter()
                .map(|claim| shown("department-claim", claim.clone())),
        );
        lines.extend(self.secret_from.map(|origin| {
            (
                "sign-in.openid.client-secret".to_owned(),
                "(set, not shown)".to_owned(),
                origin,
            )
        }));
        lines
    }
}

/// The client's secret: from the environment, else from a file beside the city.
fn secret(
    file: Option<&Path>,
    city: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Valued<String>>, Failure> {
    if let Some(value) = environment(SECRET) {
        return Ok(Some(Valued {
            value,
            origin: Origin::Environment,
        }));
    }
    let Some(file) = file else {
        return Ok(None);
    };
    let path = city.join(file);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::Input(format!(
            "{PLACE} `client-secret-file`: {}: {error}",
            path.display()
        ))
    })?;
    Ok(Some(Valued {
        value: text.trim().to_owned(),
        origin: Origin::File,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "title = \"통합로그인\"\nissuer = \"https://id.city.example/realm\"\nclient-id = \"madang\"\n";

    fn gather(more: &str) -> Result<OpenId, Failure> {
        let file = toml::from_str(&format!("{LEAST}{more}")).unwrap();
        OpenId::gather(Some(file), Path::new("/nowhere"), &|_| None).map(Option::unwrap)
    }

    #[test]
    fn little_is_needed_and_the_rest_is_careful() {
        let own = gather("").unwrap().settings;
        assert_eq!(own.account_claim, "preferred_username");
        assert_eq!(own.algorithms, Algorithm::USUAL);
        assert_eq!(own.scopes, ["profile", "email"]);
        assert!(own.roles.is_empty() && own.client_secret.is_none());
        let more = "roles-claim = \"groups\"\nroles = { it = \"operator\", w = [\"clerk\", \"auditor\"] }\nscopes = [\"openid\", \"groups\"]";
        let own = gather(more).unwrap().settings;
        assert_eq!(own.roles["w"], ["clerk", "auditor"]);
        assert_eq!(own.scopes, ["groups"]);
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_key() {
        for (more, key) in [
            ("algorithms = []", "`algorithms`"),
            ("client-secret-file = \"secret\"", "`client-secret-file`"),
            ("ca = \"ca.pem\"", "`ca`"),
            ("roles = { it = \"operator\" }", "`roles`"),
        ] {
            let told = gather(more).unwrap_err();
            assert!(told.message().contains(key), "{}", told.message());
        }
        let open = LEAST.replace("https", "http");
        let open = OpenId::gather(
            Some(toml::from_str(&open).unwrap()),
            Path::new("/"),
            &|_| None,
        );
        assert!(open.unwrap_err().message().contains("`issuer`"));
        for hostile in [
            "algorithms = [\"none\"]",
            "algorithms = [\"HS256\"]",
            "client-secret = \"x\"",
        ] {
            assert!(
                toml::from_str::<OpenIdFile>(&format!("{LEAST}{hostile}")).is_err(),
                "{hostile}"
            );
        }
    }

    #[test]
    fn the_secret_comes_from_the_environment_or_a_file_and_is_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "in-file\n").unwrap();
        let with = |environment: &dyn Fn(&str) -> Option<String>| {
            let file = toml::from_str(&format!("{LEAST}client-secret-file = \"secret\"")).unwrap();
            OpenId::gather(Some(file), folder.path(), environment)
                .unwrap()
                .unwrap()
        };
        let own = with(&|_| None);
        assert_eq!(own.settings.client_secret, Some(Secret::new("in-file")));
        let told = with(&|name| (name == SECRET).then(|| "in-environment".to_owned()));
        assert_eq!(
            told.settings.client_secret,
            Some(Secret::new("in-environment"))
        );
        let shown = format!("{:?} {:?}", told.lines(), told);
        assert!(!shown.contains("in-environment"), "{shown}");
    }
}
