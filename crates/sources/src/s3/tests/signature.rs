//! Signatures (AWS version 4) checked by another hand than the client's.

use std::fmt::Write as _;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use sha2::{Digest as _, Sha256};

/// What is wrong with a request's signature, as a storage says it.
pub(super) fn check(
    request: &Parts,
    access: &str,
    secret: &str,
    region: &str,
) -> Result<(), &'static str> {
    let header = text(&request.headers, "authorization");
    let Some(header) = header.strip_prefix("AWS4-HMAC-SHA256 ") else {
        return Err("AccessDenied");
    };
    let part = |name: &str| {
        let parts = header.split(',').map(str::trim);
        parts
            .filter_map(|part| part.split_once('='))
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.to_owned())
            .unwrap_or_default()
    };
    let credential = part("Credential");
    let scope: Vec<&str> = credential.split('/').collect();
    let [key, day, scope_region, service, last] = scope.as_slice() else {
        return Err("AuthorizationHeaderMalformed");
    };
    if *key != access {
        return Err("InvalidAccessKeyId");
    }
    if *scope_region != region {
        return Err("AuthorizationHeaderMalformed");
    }
    let signed = part("SignedHeaders");
    let mut headers = String::new();
    for name in signed.split(';') {
        writeln!(headers, "{name}:{}", text(&request.headers, name).trim()).unwrap();
    }
    let mut query: Vec<String> = request
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .collect();
    query.sort();
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{signed}\n{}",
        request.method,
        request.uri.path(),
        query.join("&"),
        text(&request.headers, "x-amz-content-sha256"),
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{day}/{scope_region}/{service}/{last}\n{}",
        text(&request.headers, "x-amz-date"),
        hex(&Sha256::digest(canonical)),
    );
    let key = [*day, *scope_region, *service, *last]
        .iter()
        .fold(format!("AWS4{secret}").into_bytes(), |key, word| {
            hmac(&key, word.as_bytes())
        });
    if hex(&hmac(&key, to_sign.as_bytes())) == part("Signature") {
        Ok(())
    } else {
        Err("SignatureDoesNotMatch")
    }
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map(|value| value.to_str().unwrap());
    value.unwrap_or_default().to_owned()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

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
    let with = |access, secret, region| check(&request, access, secret, region);
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
}
