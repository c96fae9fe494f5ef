from luzeiro.hub.refusals import RefusedError, Why


def test_a_refusal_has_a_word_for_machines_and_a_sentence_for_people() -> None:
    refused = RefusedError(Why.FORKED, "the chain goes two ways")
    assert (refused.why, str(refused)) == ("forked", "the chain goes two ways")
