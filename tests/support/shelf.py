"""Photos with faces in copies that are moved, resized and worn a little."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from facecluster.records import HASH_BYTES, FaceTable, PhotoRow


@dataclass
class Shelf:
    """Photos that are put together face by face. rng: whatever chance decides."""

    rng: np.random.Generator
    photos: list[PhotoRow] = field(default_factory=list)
    faces: list[tuple[int, np.ndarray, np.ndarray]] = field(default_factory=list)

    def someone(self) -> np.ndarray:
        row = self.rng.normal(size=64)
        return row / np.linalg.norm(row)

    def photo(self, *people: np.ndarray, width: int = 4000) -> int:
        """A new photo with these people side by side; gives its row."""
        height = width * 3 // 4
        code = self.rng.bytes(HASH_BYTES)
        spots = [(width * (i + 0.5) / len(people), height / 2) for i in range(len(people))]
        for person, spot in zip(people, spots, strict=True):
            marks = np.array(spot) + width / 20 * self.rng.uniform(-1, 1, (5, 2))
            self.faces.append((len(self.photos), marks, person))
        return self._add(width, height, code)

    def copy(
        self,
        row: int,
        factor: float = 0.5,
        *,
        bits: int = 3,
        worn: float = 0.0005,
        moved: float = 0.0,
        without: tuple[int, ...] = (),
    ) -> int:
        """The photo in another size; gives its row.

        bits: that differ in the hash. worn: cosine distance of embeddings. moved: of its size, how
        far landmarks of a face go from each other. without: faces, by their number, that are lost.
        """
        source = self.photos[row]
        code = np.unpackbits(np.frombuffer(source.picture_hash, np.uint8))
        code[self.rng.permutation(len(code))[:bits]] ^= 1
        own = [face for face in self.faces if face[0] == row]
        for number, (_, marks, person) in enumerate(own):
            if number not in without:
                away = self.rng.normal(size=64)
                away -= away @ person * person
                away *= np.sqrt(2 * worn) / np.linalg.norm(away)
                turned = person + away
                shift = np.zeros((5, 2))
                shift[:2] = moved * source.width / 10 * np.array([[-1, 0], [1, 0]])
                place = (marks + shift) * factor
                self.faces.append((len(self.photos), place, turned / np.linalg.norm(turned)))
        width, height = round(source.width * factor), round(source.height * factor)
        return self._add(width, height, np.packbits(code).tobytes())

    def _add(self, width: int, height: int, code: bytes) -> int:
        number = len(self.photos)
        digest = self.rng.bytes(16).hex()
        about = (f"{number}.jpg", digest, width * height, width, height)
        self.photos.append(PhotoRow(*about, picture_hash=code))
        return number

    def table(self) -> FaceTable:
        """The faces, in the order of their photos' digests."""
        order = sorted(
            range(len(self.faces)), key=lambda i: (self.photos[self.faces[i][0]].digest, i)
        )
        photo = np.array([self.faces[i][0] for i in order], np.int32)
        marks = np.array([self.faces[i][1] for i in order], np.float32).reshape(-1, 5, 2)
        sides = np.array([self.photos[row].width / 10 for row in photo], np.float32)
        ones = np.ones(len(photo), np.float32)
        return FaceTable(
            photo=photo,
            ordinal=np.array([list(photo[:i]).count(row) for i, row in enumerate(photo)], np.int32),
            boxes=np.concatenate([marks.min(axis=1), np.stack([sides, sides], axis=1)], axis=1),
            landmarks=marks,
            scores=ones,
            clarity=np.ones((len(photo), 3), np.float32),
            consistency=ones,
            embeddings=np.array([self.faces[i][2] for i in order], np.float32).reshape(-1, 64),
        )
