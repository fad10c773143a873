# A consumer to copy from: prints every decision of decisions.v1 as a line of JSON, decoded with the schemas of the registry.
# pip install -r services/clients/requirements.txt
import argparse
import functools
import io
import json
import os
import struct
import urllib.request
import uuid

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError

BROKERS = os.environ.get("WEIR_KAFKA_BROKERS", "127.0.0.1:9092")
REGISTRY = os.environ.get("WEIR_KAFKA_REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7")
TOPIC = os.environ.get("WEIR_KAFKA_TOPIC_PREFIX", "") + "decisions.v1"


@functools.cache
def schema_of(schema_id: int) -> dict:
    with urllib.request.urlopen(f"{REGISTRY}/schemas/ids/{schema_id}", timeout=10) as answer:
        return fastavro.parse_schema(json.loads(json.load(answer)["schema"]))


def decoded(value: bytes) -> dict:
    """A zero, four bytes of schema id, then the Avro. Decimals and times come as such."""
    _, schema_id = struct.unpack(">bI", value[:5])
    return fastavro.schemaless_reader(io.BytesIO(value[5:]), schema_of(schema_id), None)


def main() -> None:
    parser = argparse.ArgumentParser(description="prints decisions")
    parser.add_argument("--end", action="store_true", help="stop where the topic ends now, instead of waiting for more")
    args = parser.parse_args()
    # A group of its own reads everything, each time; a consumer that keeps its name goes on where it stopped.
    consumer = Consumer(
        {
            "bootstrap.servers": BROKERS,
            "group.id": f"example-consumer-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    left: set = set()

    def assigned(consumer: Consumer, partitions: list) -> None:
        for partition in partitions:
            partition.offset = OFFSET_BEGINNING
            left.add(partition.partition)
        consumer.assign(partitions)

    seen = set()
    consumer.subscribe([TOPIC], on_assign=assigned)
    try:
        while True:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                if message.error().code() != KafkaError._PARTITION_EOF:
                    raise SystemExit(str(message.error()))
                left.discard(message.partition())
                if args.end and not left:
                    return
                continue
            # Records without a value are marks of Weir's stages, no decisions.
            if message.value() is None:
                continue
            decision = decoded(message.value())
            # After a crash a decision may stand twice, byte for byte.
            if decision["decision_id"] in seen:
                continue
            seen.add(decision["decision_id"])
            print(json.dumps(decision, default=str), flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


main()
