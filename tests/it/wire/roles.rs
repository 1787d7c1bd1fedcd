//! Roles: permissions, definitions, custom roles, and what names a role.

use shipgate::model::Permission;
use shipgate::{AnyRole, CustomRole, Role, RoleDefinition, RolePermissions};

use super::{read, refusal};

fn permissions(names: &[Permission]) -> RolePermissions {
    RolePermissions::new(names.iter().copied()).unwrap()
}

#[test]
fn the_permissions_of_a_role_are_named_once_each_in_any_order() {
    use Permission::*;
    let table = [
        ("[]", permissions(&[])),
        (r#"["deploy","view"]"#, permissions(&[View, Deploy])),
        (r#"["view_audit_log","manage_billing"]"#, permissions(&[ManageBilling, ViewAuditLog])),
    ];
    for (json, expected) in table {
        assert_eq!(read::<RolePermissions>(json), expected, "{json}");
    }
    let release_manager = permissions(&[Approve, Deploy, ViewLogs, View]);
    assert_eq!(serde_json::to_string(&release_manager).unwrap(), r#"["view","view_logs","deploy","approve"]"#);
}

#[test]
fn whatever_an_admin_may_can_be_in_a_custom_role_and_nothing_else() {
    for permission in Permission::ALL.into_iter().filter(|permission| *permission != Permission::View) {
        let read = serde_json::from_str::<RolePermissions>(&format!(r#"["view","{permission}"]"#));
        assert_eq!(read.is_ok(), Role::Admin.permissions().contains(permission), "{permission}");
    }
}

#[test]
fn permissions_that_no_custom_role_has_are_refused() {
    let table = [
        (r#"["view","view"]"#, "duplicate permission `view`"),
        ("null", "invalid type: null, expected an array of permissions"),
        (r#""view""#, r#"invalid type: string "view", expected an array of permissions"#),
        (r#"{"view":true}"#, "invalid type: map, expected an array of permissions"),
        ("[null]", "invalid type: null, expected the permission's name"),
        (
            r#"["delete_organization"]"#,
            "a custom role cannot have the permission delete_organization: only owners have it",
        ),
        (
            r#"["transfer_ownership","view"]"#,
            "a custom role cannot have the permission transfer_ownership: only owners have it",
        ),
        (r#"["deploy"]"#, "the permission deploy needs `view` beside it: add `view`, or leave it out"),
        (
            r#"["approve","view_invoices"]"#,
            "the permission approve needs `view` beside it: add `view`, or leave it out",
        ),
    ];
    for (json, message) in table {
        assert_eq!(refusal::<RolePermissions>(json), message, "{json}");
    }
    assert!(refusal::<RolePermissions>(r#"["*"]"#).starts_with("unknown permission `*`: expected view, "));
}

#[test]
fn a_definition_has_a_rank_and_permissions_that_fit() {
    let definition =
        RoleDefinition::new(Role::Viewer, permissions(&[Permission::View, Permission::ViewAuditLog])).unwrap();
    let json = r#"{"rank":"viewer","permissions":["view","view_audit_log"]}"#;
    assert_eq!(serde_json::to_string(&definition).unwrap(), json);
    assert_eq!(read::<RoleDefinition>(json), definition);
    let table = [
        ("{}", "missing field `rank`"),
        (r#"{"rank":"viewer"}"#, "missing field `permissions`"),
        (r#"{"permissions":[]}"#, "missing field `rank`"),
        (r#"["viewer",[]]"#, "invalid type: sequence, expected a role: an object with `rank` and `permissions`"),
        (r#"{"rank":"viewer","permissions":[],"rank":"admin"}"#, "duplicate field `rank`"),
        (
            r#"{"rank":"viewer","permissions":[],"name":"auditor"}"#,
            "unknown field `name`, expected `rank` or `permissions`",
        ),
        (
            r#"{"rank":"owner","permissions":[]}"#,
            "a custom role cannot have the rank owner: choose admin, developer or viewer",
        ),
        (
            r#"{"rank":"billing","permissions":[]}"#,
            "a custom role cannot have the rank billing: choose admin, developer or viewer",
        ),
        (
            r#"{"rank":"viewer","permissions":["view","exec"]}"#,
            "the permission exec needs the rank developer: raise the rank, or leave the permission out",
        ),
        (
            r#"{"rank":"developer","permissions":["manage_members"]}"#,
            "the permission manage_members needs the rank admin: raise the rank, or leave the permission out",
        ),
    ];
    for (json, message) in table {
        assert_eq!(refusal::<RoleDefinition>(json), message, "{json}");
    }
}

#[test]
fn a_custom_role_comes_back() {
    let definition =
        RoleDefinition::new(Role::Developer, permissions(&[Permission::View, Permission::Deploy])).unwrap();
    let role = CustomRole::new("shipper".to_string(), "acme-corp".to_string(), definition).with_members(3);
    let json =
        r#"{"id":"shipper","organization":"acme-corp","rank":"developer","permissions":["view","deploy"],"members":3}"#;
    assert_eq!(serde_json::to_string(&role).unwrap(), json);
    assert_eq!(read::<CustomRole<String>>(json), role);
    assert_eq!(
        refusal::<CustomRole<u64>>(r#"{"id":"1","organization":"2","rank":"viewer","permissions":[]}"#),
        "missing field `members`"
    );
    assert_eq!(
        refusal::<CustomRole<u64>>(
            r#"{"id":"1","organization":"2","rank":"viewer","permissions":["view","deploy"],"members":0}"#
        ),
        "the permission deploy needs the rank developer: raise the rank, or leave the permission out"
    );
}

#[test]
fn a_role_is_named_apart_from_the_built_in_ones() {
    let table = [
        (AnyRole::BuiltIn(Role::Admin), r#""admin""#),
        // Outside of documents and questions a custom role may be called as it likes.
        (AnyRole::Custom("admin".to_string()), r#"{"custom":"admin"}"#),
    ];
    for (role, json) in table {
        assert_eq!(serde_json::to_string(&role).unwrap(), json);
        assert_eq!(read::<AnyRole<String>>(json), role);
    }
    assert_eq!(read::<AnyRole<u64>>(r#"{"custom":"7"}"#), AnyRole::Custom(7));
    for (json, message) in [
        (r#""auditor""#, "unknown role `auditor`: expected owner, admin, developer, billing or viewer"),
        ("null", "invalid type: null, expected the name of a role, or an object with `custom`"),
        ("{}", "missing field `custom`"),
        (r#"{"custom":"a","rank":"viewer"}"#, "unknown field `rank`, expected `custom`"),
        (r#"{"custom":null}"#, "invalid type: null, expected a string"),
    ] {
        assert_eq!(refusal::<AnyRole<String>>(json), message, "{json}");
    }
}
