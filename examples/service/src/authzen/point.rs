//! The organizations that a request asks about, as one policy decision point.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use shipgate::authzen::{ActionName, DirectoryPdp, Entity, Found, Inquiry, Pdp, Unavailable, Verdict};
use shipgate::{Directory, Time};

use crate::api::Failure;
use crate::authzen::credential::Credential;
use crate::authzen::place::Place;
use crate::organizations::{Error, Organizations};
use crate::service::Service;

/// The organizations that a request asks about, each as of one moment.
pub(super) struct Point {
    directories: BTreeMap<String, Arc<Directory<String>>>,
    /// The organizations of each place that is named.
    places: HashMap<Place, Vec<String>>,
    /// What knows nothing.
    empty: Directory<String>,
    now: Time,
}

impl Point {
    /// Loads what inquiries ask about, as far as the credential covers it.
    pub(super) async fn load(
        service: &Service,
        credential: &Credential,
        inquiries: impl Iterator<Item = &Inquiry>,
    ) -> Result<Self, Failure> {
        let organizations = &service.organizations;
        let now = service.clock.now();
        let mut point = Self { directories: BTreeMap::new(), places: HashMap::new(), empty: Directory::new(), now };
        for place in inquiries.map(Place::of) {
            if point.places.contains_key(&place) {
                continue;
            }
            let mut found = organizations_at(organizations, &place).await?;
            found.retain(|organization| credential.covers(organization));
            for organization in &found {
                point.add(organizations, organization).await?;
            }
            point.places.insert(place, found);
        }
        Ok(point)
    }

    async fn add(&mut self, organizations: &Organizations, organization: &str) -> Result<(), Error> {
        if self.directories.contains_key(organization) {
            return Ok(());
        }
        match organizations.ensure(organization).await {
            Ok(()) => {}
            Err(Error::Absent) => return Ok(()),
            Err(error) => return Err(error),
        }
        self.directories.insert(organization.to_owned(), organizations.snapshot(organization)?);
        Ok(())
    }

    /// The directories that an inquiry is about. A search may be about several; what nothing is known of is about none.
    fn directories(&self, inquiry: &Inquiry) -> impl Iterator<Item = &Directory<String>> {
        let organizations = self.places.get(&Place::of(inquiry)).map_or(&[][..], Vec::as_slice);
        organizations.iter().filter_map(|organization| self.directories.get(organization)).map(Arc::as_ref)
    }

    fn one<'a>(&self, directory: &'a Directory<String>) -> DirectoryPdp<'a, String> {
        DirectoryPdp::new(directory).at(self.now)
    }

    fn search<T>(
        &self,
        inquiry: &Inquiry,
        search: impl Fn(DirectoryPdp<'_, String>) -> Result<Found<T>, Unavailable>,
    ) -> Result<Found<T>, Unavailable> {
        let mut all = Vec::new();
        for directory in self.directories(inquiry) {
            match search(self.one(directory))? {
                Found::Results(results) => all.extend(results),
                malformed @ Found::Malformed(_) => return Ok(malformed),
            }
        }
        if all.is_empty() {
            // What is malformed is so everywhere.
            return search(self.one(&self.empty));
        }
        Ok(Found::Results(all))
    }
}

impl Pdp for Point {
    fn evaluate(&self, inquiry: &Inquiry) -> Result<Verdict, Unavailable> {
        self.one(self.directories(inquiry).next().unwrap_or(&self.empty)).evaluate(inquiry)
    }

    fn search_subjects(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        self.search(inquiry, |pdp| pdp.search_subjects(inquiry))
    }

    fn search_resources(&self, inquiry: &Inquiry) -> Result<Found<Entity>, Unavailable> {
        self.search(inquiry, |pdp| pdp.search_resources(inquiry))
    }

    fn search_actions(&self, inquiry: &Inquiry) -> Result<Found<ActionName>, Unavailable> {
        self.search(inquiry, |pdp| pdp.search_actions(inquiry))
    }
}

/// The organizations of a place.
async fn organizations_at(organizations: &Organizations, place: &Place) -> Result<Vec<String>, Error> {
    match place {
        Place::Organization(organization) => Ok(vec![organization.clone()]),
        Place::Of(kind, id) => match organizations.organization_of(*kind, id).await {
            Ok(organization) => Ok(vec![organization]),
            Err(Error::Absent) => Ok(Vec::new()),
            Err(error) => Err(error),
        },
        Place::EachOf(account) => organizations.organizations_of_member(account).await,
        Place::Nowhere => Ok(Vec::new()),
    }
}
