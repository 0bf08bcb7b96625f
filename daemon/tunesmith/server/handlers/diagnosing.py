"""What is wrong with files, for clients that ask instead of being told."""

from __future__ import annotations

from lsprotocol import types

from tunesmith.server.session import Session


def of_file(session: Session, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    return types.RelatedFullDocumentDiagnosticReport(session.client.told(params.text_document.uri))


def of_workspace(
    session: Session, _params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """Every file that something was said about; others are told of by a refresh."""
    return types.WorkspaceDiagnosticReport(
        [
            types.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=session.client.told(uri))
            for uri in session.client.told_of()
        ]
    )
