//! A server of our own on loopback that answers as CKAN 2.10 does, and one that answers as a Madang does.

mod ckan;
mod madang;
mod server;

use server::{Asked, Reply, Server};

use super::*;

#[test]
fn an_address_is_a_site_a_dataset_or_a_resource() {
    let site = |address: &str| {
        let site = Site::read(address);
        (site.url, site.kind, site.dataset, site.resource)
    };
    assert_eq!(
        site("https://a.kr/data/"),
        ("https://a.kr/data".to_owned(), None, None, None)
    );
    assert_eq!(
        site("https://a.kr/ckan/dataset/%EC%A3%BC%EC%B0%A8%EC%9E%A5?x=1"),
        (
            "https://a.kr/ckan".to_owned(),
            Some(Catalogue::Ckan),
            Some("주차장".to_owned()),
            None
        )
    );
    assert_eq!(
        site("https://a.kr/dataset/parking/resource/r-1"),
        (
            "https://a.kr".to_owned(),
            Some(Catalogue::Ckan),
            Some("parking".to_owned()),
            Some("r-1".to_owned())
        )
    );
    assert_eq!(
        site("https://b.kr/datasets/parking"),
        (
            "https://b.kr".to_owned(),
            Some(Catalogue::Madang),
            Some("parking".to_owned()),
            None
        )
    );
}

#[tokio::test]
async fn a_site_is_found_out_by_asking() {
    let ckan = Server::new(|asked: &Asked| {
        if asked.path.starts_with("/api/3/action/package_search") {
            Reply::json(r#"{"success": true, "result": {"count": 0, "results": []}}"#)
        } else {
            Reply::page(404)
        }
    })
    .await;
    assert_eq!(ckan.offers().await.unwrap(), []);
    let other = Server::new(|_| Reply::page(200)).await;
    let told = other.offers().await.unwrap_err();
    assert!(
        told.contains("this is neither a CKAN site nor a Madang"),
        "{told}"
    );
}
