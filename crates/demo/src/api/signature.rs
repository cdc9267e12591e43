//! Signatures of a storage that speaks S3 (AWS version 4), checked by another hand than the client's.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use sha2::{Digest as _, Sha256};

/// Bytes that a hash takes at a time.
const BLOCK: usize = 64;

/// Who may read, and where.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'k> {
    /// The name of the key.
    pub access: &'k str,
    /// What is signed with.
    pub secret: &'k str,
    /// Where the storage stands.
    pub region: &'k str,
}

/// Checks a request's signature.
///
/// # Errors
/// What is wrong with it, as a storage says it.
pub fn check(request: &Parts, keys: Keys<'_>) -> Result<(), &'static str> {
    let header = text(&request.headers, "authorization");
    let Some(header) = header.strip_prefix("AWS4-HMAC-SHA256 ") else {
        return Err("AccessDenied");
    };
    let part = |name: &str| {
        let mut parts = header.split(',').filter_map(|it| it.trim().split_once('='));
        let found = parts.find(|(own, _)| *own == name);
        found.map_or("", |(_, value)| value)
    };
    let scope: Vec<&str> = part("Credential").split('/').collect();
    let [key, day, region, service, last] = scope.as_slice() else {
        return Err("AuthorizationHeaderMalformed");
    };
    if *key != keys.access {
        return Err("InvalidAccessKeyId");
    }
    if *region != keys.region {
        return Err("AuthorizationHeaderMalformed");
    }
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{day}/{region}/{service}/{last}\n{}",
        text(&request.headers, "x-amz-date"),
        hex(&Sha256::digest(canonical(request, part("SignedHeaders")))),
    );
    let key = [*day, *region, *service, *last]
        .iter()
        .fold(format!("AWS4{}", keys.secret).into_bytes(), |key, word| {
            hmac(&key, word.as_bytes())
        });
    if hex(&hmac(&key, to_sign.as_bytes())) == part("Signature") {
        Ok(())
    } else {
        Err("SignatureDoesNotMatch")
    }
}

/// The request as both sides write it down.
fn canonical(request: &Parts, signed: &str) -> String {
    let headers = signed.split(';').map(|name| {
        let value = text(&request.headers, name);
        format!("{name}:{}\n", value.trim())
    });
    let query = request.uri.query().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<String> = pairs
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .collect();
    pairs.sort();
    format!(
        "{}\n{}\n{}\n{}\n{signed}\n{}",
        request.method,
        request.uri.path(),
        pairs.join("&"),
        headers.collect::<String>(),
        text(&request.headers, "x-amz-content-sha256"),
    )
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > BLOCK {
        Sha256::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    block.resize(BLOCK, 0);
    let mixed = |with: u8| -> Vec<u8> { block.iter().map(|byte| byte ^ with).collect() };
    let inner = Sha256::new()
        .chain_update(mixed(0x36))
        .chain_update(message)
        .finalize();
    let outer = Sha256::new().chain_update(mixed(0x5c)).chain_update(inner);
    outer.finalize().to_vec()
}

/// Bytes as small hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published example of a signed request for a file.
    #[test]
    fn the_example_of_the_specification_is_signed_rightly() {
        let (request, ()) = axum::http::Request::builder()
            .uri("/test.txt")
            .header("host", "examplebucket.s3.amazonaws.com")
            .header("range", "bytes=0-9")
            .header(
                "x-amz-content-sha256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            )
            .header("x-amz-date", "20130524T000000Z")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
            .body(())
            .unwrap()
            .into_parts();
        let with = |access, secret, region| {
            check(
                &request,
                Keys {
                    access,
                    secret,
                    region,
                },
            )
        };
        let (access, secret) = (
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        );
        assert_eq!(with(access, secret, "us-east-1"), Ok(()));
        assert_eq!(
            with(access, "another", "us-east-1"),
            Err("SignatureDoesNotMatch")
        );
        assert_eq!(
            with("another", secret, "us-east-1"),
            Err("InvalidAccessKeyId")
        );
        assert_eq!(
            with(access, secret, "kr-standard"),
            Err("AuthorizationHeaderMalformed")
        );
    }
}
