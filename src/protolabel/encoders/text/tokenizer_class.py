"""Finds the class by which transformers reads a folder's tokenizer, and its name in our table.

Of the generic class transformers takes tokenizer.json as it is. Every other class builds its steps
anew: :mod:`built_tokenizers` says which. The tables are those of transformers 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protolabel.encoders.text.built_tokenizers import BUILT

GENERIC = "PreTrainedTokenizerFast"


def _names(words: str, name: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), name)


_CLASS_OF_NAME = (
    _names("PreTrainedTokenizer TokenizersBackend PythonBackend BloomTokenizer "
           "PreTrainedTokenizerFast", GENERIC)
    | _names("ElectraTokenizer LayoutLMTokenizer LxmertTokenizer MobileBertTokenizer "
             "SqueezeBertTokenizer", "BertTokenizer")
    | _names("BartTokenizer LEDTokenizer LongformerTokenizer MvpTokenizer", "RobertaTokenizer")
)  # fmt: skip
"""Names of classes that are another class under an older name."""

_UNKNOWN_NAMES = _names(
    "BarthezTokenizer BartphoTokenizer BasicTokenizer BertGenerationTokenizer "
    "BertJapaneseTokenizer BertTokenizerLegacy BertweetTokenizer BigBirdTokenizer BioGptTokenizer "
    "BlenderbotSmallTokenizer BlenderbotTokenizer ByT5Tokenizer CLIPTokenizer CTRLTokenizer "
    "CanineTokenizer CharacterTokenizer ClvpTokenizer CodeGenTokenizer CodeLlamaTokenizer "
    "CohereTokenizer CpmAntTokenizer CpmTokenizer DPRContextEncoderTokenizer "
    "DPRQuestionEncoderTokenizer DPRReaderTokenizer DebertaTokenizer DebertaV2Tokenizer "
    "DiaTokenizer EsmTokenizer EsmcTokenizer FNetTokenizer FSMTTokenizer "
    "FastSpeech2ConformerTokenizer FlaubertTokenizer FunnelTokenizer GPT2Tokenizer "
    "GPTNeoXJapaneseTokenizer GPTNeoXTokenizer GPTSw3Tokenizer HerbertTokenizer LasrTokenizer "
    "LayoutLMv2Tokenizer LayoutLMv3Tokenizer LayoutXLMTokenizer LlamaTokenizer LukeTokenizer "
    "M2M100Tokenizer MBart50Tokenizer MBartTokenizer MLukeTokenizer MarianTokenizer "
    "MarkupLMTokenizer MecabTokenizer MgpstrTokenizer MyT5Tokenizer NllbTokenizer NougatTokenizer "
    "OpenAIGPTTokenizer PLBartTokenizer ParakeetTokenizer PegasusTokenizer PerceiverTokenizer "
    "Phi3Tokenizer PhobertTokenizer Pop2PianoTokenizer ProphetNetTokenizer Qwen3_5Tokenizer "
    "RagTokenizer ReformerTokenizer RemBertTokenizer RoCBertTokenizer RoFormerTokenizer "
    "SeamlessM4TTokenizer Siglip2Tokenizer SiglipTokenizer Speech2TextTokenizer SpeechT5Tokenizer "
    "SplinterTokenizer TapasTokenizer Tipsv2Tokenizer UdopTokenizer VideoPrismTokenizer "
    "VitsTokenizer Wav2Vec2CTCTokenizer Wav2Vec2PhonemeCTCTokenizer WhisperTokenizer "
    "WordpieceTokenizer XGLMTokenizer XLMTokenizer XLNetTokenizer",
    "",
)
"""Classes that build steps of their own, or read another file, and are not in our table."""

_CLASS_OF_TYPE = (
    _names("align bark bert blip bros chinese_clip convbert distilbert electra ernie flava git "
           "grounding-dino layoutlm lxmert megatron-bert mm-grounding-dino mobilebert nezha "
           "nomic_bert qdqbert realm retribert squeezebert tvp vilt visual_bert", "BertTokenizer")
    | _names("mpnet", "MPNetTokenizer")
    | _names("bart bridgetower clap data2vec-text florence2 ibert led lilt longformer mega mra mvp "
             "roberta roberta-prelayernorm", "RobertaTokenizer")
    | _names("gte jina_embeddings_v3 metaclip_2 trocr xlm-roberta xmod", "XLMRobertaTokenizer")
    | _names("camembert", "CamembertTokenizer")
    | _names("albert yoso", "AlbertTokenizer")
    | _names("mt5 musicgen musicgen_melody switch_transformers t5", "T5Tokenizer")
    | _names("diffusion_gemma gemma gemma2 gemma3 gemma3_text gemma3n gemma3n_text recurrent_gemma "
             "shieldgemma2 t5gemma zaya", "GemmaTokenizer")
    | _names("audioflamingo3 colqwen2 cosmos3_omni dots3_note fun_asr_nano hunyuan_vl internvl "
             "lighton_ocr moss_transcribe_diarize ovis2 qianfan_ocr qwen2 qwen2_5_omni qwen2_5_vl "
             "qwen2_audio qwen2_moe qwen2_vl qwen3 qwen3_asr qwen3_moe qwen3_next qwen3_omni_moe "
             "qwen3_vl qwen3_vl_moe vibevoice", "Qwen2Tokenizer")
    | _names("EvollaModel arctic aria beam bigbird_pegasus camembertv2-base canary chatlm "
             "cohere_asr ernie4_5 ernie4_5_moe flex_olmo fuyu glm glm4 glm4_moe glm4_moe_lite "
             "glm4v glm4v_moe glm_image glmasr got_ocr2 gpt_bigcode gradium_phonon_tts "
             "granite granitemoe granitemoehybrid granitemoeshared h2ovl_chat hyperclovax "
             "hyperclovax_vlm internlm2 internlm3 iquestcoder jamba kimi_k25 kimi_linear "
             "kosmos-2 llava llava_next mimo_v2_flash minicpm3 minicpm_ocr minicpmv "
             "minicpmv4_6 minicpmv4_7 minimax_m2 ministral ministral3 mistral mistral3 "
             "mistral_large4 mixtral modernbert "
             "modernbert-decoder molmo molmo2 nemo_speechlm nemotron nvfp4 nystromformer olmo2 "
             "olmo3 olmo_hybrid opencua openvla paddleocr_vl pegasus_x persimmon phi3 phi3_v "
             "phimoe pix2struct pixtral pocket_tts smolvlm stablelm step3_vl umt5 vipllava voxtral "
             "voxtral_realtime xlm-roberta-xl", GENERIC)
    | {name: f"tokenizer of type {name}" for name in _names(
        "aimv2 aya_vision barthez bartpho bert-japanese bertweet big_bird biogpt blenderbot "
        "blenderbot-small blip-2 byt5 canine clip clipseg clvp code_llama codegen cohere cohere2 "
        "cpm cpmant ctrl data2vec-audio dbrx deberta deberta-v2 dia dpr emu3 esm esmc esmfold2 "
        "falcon_mamba flaubert fnet fsmt funnel gpt2 gpt_neo gpt_neox gpt_neox_japanese gptj "
        "granite_speech5_ctc groupvit herbert hubert hyperclovax_vision_v2 idefics idefics2 "
        "instructblip instructblipvideo jais2 lasr_ctc lasr_encoder layoutlmv2 layoutlmv3 "
        "layoutxlm luke mamba mamba2 markuplm mbart mbart50 mgp-str mpt myt5 nemotron3_5_asr "
        "nemotron_asr_streaming nllb nllb-moe nougat olmo olmoe omdet-turbo oneformer openai-gpt "
        "opt owlv2 owlvit parakeet_ctc parakeet_rnnt parakeet_tdt pegasus perceiver phi phobert "
        "plbart pp_formulanet prophetnet qwen3_5 qwen3_5_moe qwen3_5_moe_text qwen3_5_text "
        "qwen4_exp rag reformer rembert roc_bert roformer rwkv sam3 sam3_video seamless_m4t "
        "seamless_m4t_v2 siglip2 splinter starcoder2 tapas udop unispeech unispeech-sat "
        "videoprism vits wav2vec2 wav2vec2-bert wav2vec2-conformer wav2vec2_phoneme whisper xclip "
        "xglm xlm xlnet xlstm bert-generation gpt-sw3 m2m_100 marian mluke siglip speech_to_text "
        "speecht5 tipsv2", "")}
)  # fmt: skip
"""The class of each type of network for which no file of the folder has a say, or names none."""

FIXED_TYPES = _names(
    "hyperclovax_vision_v2 qwen2 qwen3_5 qwen3_5_moe qwen3_5_moe_text qwen4_exp siglip2", ""
)
"""Types whose class transformers takes whatever a file of the folder names."""


def class_of_folder(
    config: Mapping[str, Any], settings: Mapping[str, Any], *, byte_level: bool
) -> str:
    """Return the name of the class that transformers takes for a tokenizer.

    Args:
        config: the folder's config.json.
        settings: its tokenizer_config.json.
        byte_level: whether tokenizer.json works on bytes.
    """
    name = settings.get("tokenizer_class") or config.get("tokenizer_class")
    own = _CLASS_OF_TYPE.get(str(config.get("model_type")))
    if not name or own == GENERIC or config.get("model_type") in FIXED_TYPES:
        return own or GENERIC
    name = str(name).removesuffix("Fast")
    if name == "LlamaTokenizer" and byte_level:
        return GENERIC
    name = _CLASS_OF_NAME.get(name, name)
    return name if name in BUILT or name in _UNKNOWN_NAMES else GENERIC
