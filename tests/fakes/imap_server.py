"""A mailbox on loopback: as much of IMAP4rev1 as fetching unseen mails takes."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class FakeMailbox:
    """Mails by their uid, those that are seen, and who may log in. `cuts_at`: the command at which the line is cut."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    password: str = "correct horse"
    cuts_at: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def imap_server(box: FakeMailbox) -> Iterator[FakeMailbox]:
    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str | bytes) -> None:
            self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

        def handle(self) -> None:
            self.say("* OK ready")
            while line := self.rfile.readline().decode().strip():
                tag, _, command = line.partition(" ")
                box.asked.append(command)
                if box.cuts_at and box.cuts_at in command:
                    return
                answer = self.answer(command)
                self.say(f"{tag} {answer}")
                if command == "LOGOUT":
                    return

        def answer(self, command: str) -> str:
            if command == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif command.startswith("LOGIN"):
                return "OK logged in" if f'"{box.password}"' in command else "NO wrong"
            elif command.startswith("SELECT"):
                if '"Reports"' not in command:
                    return "NO no such folder"
                self.say(f"* {len(box.mails)} EXISTS")
            elif command.startswith("UID SEARCH UNSEEN"):
                self.say("* SEARCH " + " ".join(str(uid) for uid in box.mails if uid not in box.seen))
            elif found := re.match(r"UID FETCH (\d+) (.*)", command):
                self.fetch(int(found[1]), found[2])
            elif found := re.match(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", command):
                box.seen.add(int(found[1]))
            elif command == "LOGOUT":
                self.say("* BYE")
            return "OK done"

        def fetch(self, uid: int, what: str) -> None:
            mail = box.mails[uid]
            text = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in what else mail
            self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)} BODY[] {{{len(text)}}}".encode())
            self.wfile.write(text)
            self.say(")")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
