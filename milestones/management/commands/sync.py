"""Keep another installation the same as this one: one direction a run, which may be killed and started again."""

from __future__ import annotations

import stat
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.api.inside import Inside
from milestones.management.progress import Progress
from milestones.models import Direction, Scope, SyncLink
from milestones.sync.alone import AlreadyRunning, alone
from milestones.sync.mirror import Mirror
from milestones.sync.pairs import Pairs
from milestones.sync.sides import Remote, Unreachable
from milestones.sync.summary import Summary
from milestones.sync.writing import Writer

LEFT, FAILED = 1, 2  # exit codes: something is to be settled; the run did not come to its end
WORDS = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "matched": gettext_lazy("found there already"),
    "deleted": gettext_lazy("deleted"),
    "unchanged": gettext_lazy("unchanged"),
}


class Command(BaseCommand):
    help = (
        "Bring what is new in another installation here (pull), or what is new here there (push). Organisations, "
        "people (without sign-in), plans, workstreams, milestones with states, targets, readings and dependencies are "
        "kept the same, and evidence that is a link comes with what is reported as done. Progress reports, evidence "
        "files, comments, notices, extensions and reminders stay where they were made: the summary counts them. What "
        "both sides changed is listed and left. Exit code 0: both are the same; 1: something is to be settled; 2: the "
        "run did not come to its end, start it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("direction", choices=Direction.values)
        parser.add_argument("url", metavar="URL", help="of the other installation, such as https://example.org")
        parser.add_argument("--token-file", metavar="F", required=True, help="holds a token of the other installation")
        words = "a token of another client there, who verifies what this one submitted (push)"
        parser.add_argument("--verify-token-file", metavar="F", help=words)
        parser.add_argument("--plan", metavar="CODE", default="", help="only this plan")

    def handle(self, *, direction: str, url: str, token_file: str, plan: str, **options: Any) -> None:
        remote, second = url.rstrip("/"), options["verify_token_file"]
        try:
            with ExitStack() as lines, alone(remote):
                there = lines.enter_context(closing(Remote(remote, self._token(token_file))))
                verifier = lines.enter_context(closing(Remote(remote, self._token(second)))) if second else None
                scopes, sees_all = self._introduced(there, direction)
                link, _made = SyncLink.objects.get_or_create(remote=remote, direction=direction, plan=plan)
                summary = self._run(
                    link, there, verifier or None, people=Scope.PEOPLE_READ in scopes, sees_all=sees_all
                )
        except AlreadyRunning:
            raise CommandError(_("Another run with %(url)s is at work.") % {"url": remote}, returncode=FAILED) from None
        except Unreachable as error:
            raise CommandError(str(error), returncode=FAILED) from None
        except KeyboardInterrupt:
            words = _("Cut short. Start the command again: it goes on where it stopped.")
            raise CommandError(words, returncode=FAILED) from None
        self._tell(summary, direction)
        if summary.troubles:
            sys.exit(LEFT)

    # --- before -------------------------------------------------------------------------------------------------------
    def _token(self, file: str) -> str:
        path = Path(file)
        try:
            token = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("The token cannot be read: %(fault)s") % {"fault": error}, returncode=FAILED) from None
        if not token or len(token.split()) > 1:
            words = _("%(file)s holds no token; it has one line, the token.")
            raise CommandError(words % {"file": file}, returncode=FAILED)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self.stderr.write(_("Others can read %(file)s: chmod 600 it.") % {"file": file})
        return token

    def _introduced(self, there: Remote, direction: str) -> tuple[set[str], bool]:
        """The token's scopes, and whether nothing is hidden from it. Raises Unreachable, CommandError."""
        answer = there.ask("GET", "/me")
        if answer.status in (401, 403):
            words = _("The other installation does not accept the token: %(fault)s")
            raise CommandError(words % {"fault": answer.words}, returncode=FAILED)
        if not answer.ok or not isinstance(answer.data, dict) or "scopes" not in answer.data:
            raise Unreachable(_("That is no installation of this application. Is the address right?"))
        scopes = set(answer.data["scopes"])
        needed = Scope.WRITE if direction == Direction.PUSH else Scope.READ
        if needed not in scopes:
            words = _("The token needs the scope “%(scope)s”; it has: %(scopes)s.")
            shown = {"scope": needed.value, "scopes": ", ".join(sorted(scopes))}
            raise CommandError(words % shown, returncode=FAILED)
        limits = (answer.data.get("plans"), answer.data.get("organisations"))
        return scopes, Scope.WRITE in scopes and limits == (None, None)

    # --- the run ------------------------------------------------------------------------------------------------------
    def _run(self, link: SyncLink, there: Remote, verifier: Remote | None, *, people: bool, sees_all: bool) -> Summary:
        if link.was_cut_short:
            self.stdout.write(_("The last run was cut short; this one goes on where it stopped."))
        link.begun_at = timezone.now()
        link.save(update_fields=["begun_at"])
        host = urlsplit(link.remote).netloc
        here, second = Inside(f"sync {host}"), Inside(f"sync {host} (2)")
        pulls = link.direction == Direction.PULL
        target = here if pulls else there
        writer = Writer(
            link,
            Pairs(link.remote, target, pulls=pulls, people=people),
            source=there if pulls else here,
            target=target,
            source_page=link.remote if pulls else settings.BASE_URL,
            verifier=second if pulls else verifier,
        )
        with Progress(sys.stderr) as progress:
            summary = Mirror(writer, sees_all=sees_all or not pulls, told=progress.tell).run()
        link.ended_at = timezone.now()
        link.save(update_fields=["ended_at"])
        return summary

    def _tell(self, summary: Summary, direction: str) -> None:
        done = [f"{WORDS[what]} {summary.done[what]}" for what in WORDS if summary.done[what]]
        words = ", ".join(done) or _("nothing new")
        self.stdout.write(f"{direction}: {words}")
        if summary.passed:
            stays = ", ".join(f"{entity} {count}" for entity, count in sorted(summary.passed.items()))
            self.stdout.write(_("not brought over: %(stays)s; they stay where they were made") % {"stays": stays})
        for trouble in summary.troubles:
            name = trouble.name or str(trouble.source_id)
            self.stdout.write(f"{trouble.code}  {trouble.entity} {name}: {trouble.detail}")
        if summary.troubles:
            words = _("%(count)s objects are to be settled; the next run tries them again.")
            self.stdout.write(words % {"count": len(summary.troubles)})
