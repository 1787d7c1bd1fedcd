//! One organization: its members, and the answers to all that they can ask about what it has.

use std::fmt::Write as _;

use shipgate::model::ApprovalId;
use shipgate::{Action, Decision, Directory, Exposure, Reason, ResourceId, SubjectId, Time};

use crate::question::{Request, Resource, requests};
use crate::table::{Answer, Block, Form, Row, Table, paragraph};

/// An organization, with the members who ask.
pub(crate) struct Organization<'a> {
    directory: &'a Directory<String>,
    id: &'a str,
    members: Vec<&'a str>,
    now: Option<Time>,
}

impl<'a> Organization<'a> {
    pub(crate) fn of(directory: &'a Directory<String>, id: &'a str, now: Option<Time>) -> Self {
        let members = directory.accounts().filter_map(|account| Some((account.membership(id)?.role(), account.id())));
        // A directory has no order of its own.
        let mut members: Vec<_> = members.map(|(role, member)| (role as u8, member.as_str())).collect();
        members.sort_unstable();
        Self { directory, id, members: members.into_iter().map(|(_, member)| member).collect(), now }
    }

    pub(crate) fn write(&self, out: &mut String, form: Form) {
        match form {
            Form::Text => {
                let _ = write!(out, "\n{}\n{}\n", self.id, "=".repeat(self.id.chars().count()));
                let _ = writeln!(out, "{}", self.roles());
            }
            Form::Markdown => {
                let _ = write!(out, "\n## {}\n\n{}\n", self.id, self.roles());
            }
        }
        let tables = self.resources().into_iter().map(|(title, resources)| self.table(title, &resources));
        for table in tables.filter(Table::says_anything) {
            match form {
                Form::Text => table.write_text(out),
                Form::Markdown => table.write_markdown(out),
            }
        }
    }

    /// Each member with the role, and its end where it has one.
    fn roles(&self) -> String {
        let roles = self.members.iter().filter_map(|member| {
            let membership = self.directory.account(*member)?.membership(self.id)?;
            let until = membership.expires_at().map(|expiry| match expiry.to_rfc3339() {
                Ok(time) => format!(" until {time}"),
                Err(_) => " until a time out of sight".to_owned(),
            });
            Some(format!("{member} {}{}", membership.role(), until.unwrap_or_default()))
        });
        match self.members.as_slice() {
            [] => "no members".to_owned(),
            [_, ..] => paragraph(&roles.collect::<Vec<_>>()),
        }
    }

    /// All that can be asked about, by the title of its table.
    fn resources(&self) -> Vec<(&'static str, Vec<Resource<'a>>)> {
        let organization = Resource::plain(self.id, ResourceId::Organization(self.id));
        let projects = self.own(self.directory.projects(), |project| (project.organization(), project.id()));
        let clusters = self.own(self.directory.clusters(), |cluster| (cluster.organization(), cluster.id()));
        let environments = self.own(self.directory.environments(), |held| (held.organization(), held.id()));
        let (projects, clusters) = (|| projects.iter().copied(), || clusters.iter().copied());
        let environments = || environments.iter().copied();
        vec![
            ("organization", vec![organization]),
            ("member", self.about_members("", |account| ResourceId::Member { organization: self.id, account })),
            (
                "project",
                projects().map(|project| Resource::plain(project.id(), ResourceId::Project(project.id()))).collect(),
            ),
            (
                "project_member",
                projects()
                    .flat_map(|project| {
                        let project = project.id().as_str();
                        self.about_members(project, move |account| ResourceId::ProjectMember { project, account })
                    })
                    .collect(),
            ),
            (
                "environment",
                environments().map(|held| Resource::plain(held.id(), ResourceId::Environment(held.id()))).collect(),
            ),
            (
                "environment, to be created",
                projects()
                    .flat_map(|project| clusters().map(move |cluster| Resource::proposed(project.id(), cluster.id())))
                    .collect(),
            ),
            (
                "placement",
                environments()
                    .flat_map(|held| {
                        let others = clusters().filter(move |cluster| cluster.id() != held.cluster());
                        others.map(move |cluster| Resource::moved(held.id(), cluster.id()))
                    })
                    .collect(),
            ),
            ("deployment", environments().flat_map(|held| Resource::deployments(held.id())).collect()),
            (
                "cluster",
                clusters().map(|cluster| Resource::plain(cluster.id(), ResourceId::Cluster(cluster.id()))).collect(),
            ),
            (
                "cluster_member",
                clusters()
                    .flat_map(|cluster| {
                        let cluster = cluster.id().as_str();
                        self.about_members(cluster, move |account| ResourceId::ClusterMember { cluster, account })
                    })
                    .collect(),
            ),
        ]
    }

    /// What belongs to the organization, by its id.
    fn own<T>(&self, held: impl Iterator<Item = &'a T>, ids: fn(&T) -> (&String, &String)) -> Vec<&'a T> {
        let mut own: Vec<&T> = held.filter(|held| ids(held).0 == self.id).collect();
        own.sort_unstable_by_key(|held| ids(held).1);
        own
    }

    /// What there is about each member in one place, and about oneself.
    fn about_members(
        &self,
        scope: &'a str,
        named: impl Fn(&'a str) -> ResourceId<&'a str, &'a [ApprovalId<String>]> + Copy + 'a,
    ) -> Vec<Resource<'a>> {
        let oneself = Resource { scope, name: "oneself".to_owned(), about: None, asked_by: Box::new(named) };
        let others = self.members.iter().map(|member| {
            let (member, resource) = (*member, named(member));
            Resource { scope, name: member.to_owned(), about: Some(member), asked_by: Box::new(move |_| resource) }
        });
        std::iter::once(oneself).chain(others).collect()
    }

    fn table(&self, title: &'static str, resources: &[Resource<'a>]) -> Table<'_> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for resource in resources {
            let block = self.block(resource);
            if !blocks.iter_mut().any(|other| other.takes_in(&block)) {
                blocks.push(block);
            }
        }
        Table { title, members: &self.members, blocks }
    }

    fn block(&self, resource: &Resource<'a>) -> Block<'a> {
        let requests = requests().into_iter().filter(|request| self.applies(request, resource));
        let rows = requests.map(|request| Row {
            action: request.action.kind(),
            cells: self.members.iter().map(|member| self.cell(member, &request, resource)).collect(),
            parameter: request.parameter,
        });
        Block { scope: resource.scope, names: vec![resource.name.clone()], rows: rows.collect() }
    }

    /// Whether the action means anything for the resource. What is not there yet can only be created.
    fn applies(&self, request: &Request, resource: &Resource<'a>) -> bool {
        let nobody = "";
        let asked = (resource.asked_by)(nobody);
        let decision = self.directory.decide(&SubjectId::new(nobody), request.action, asked);
        let is_proposed = matches!(asked, ResourceId::NewEnvironment { .. });
        decision != Decision::Deny(Reason::NotApplicable) && is_proposed == (request.action == Action::Create)
    }

    /// Empty where it is oneself that is asked about: that is a row of its own.
    fn cell(&self, member: &'a str, request: &Request, resource: &Resource<'a>) -> Option<Answer> {
        (resource.about != Some(member)).then(|| self.answer(member, request, resource))
    }

    fn answer(&self, member: &'a str, request: &Request, resource: &Resource<'a>) -> Answer {
        let mut subject = SubjectId::new(member);
        if let Some(now) = self.now {
            subject = subject.at(now);
        }
        let asked = (resource.asked_by)(member);
        match self.directory.decide(&subject, request.action, asked) {
            Decision::Allow => Answer::Allow,
            Decision::RequireApproval(_) => Answer::NeedsApproval,
            Decision::Deny(_) => match self.directory.exposure(&subject, asked) {
                Exposure::Visible => Answer::Denied,
                Exposure::Hidden => Answer::Hidden,
            },
        }
    }
}
